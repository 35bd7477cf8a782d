package io.headstream.transformer.rows;

import io.headstream.transformer.rows.kernel.RowBackend;
import io.headstream.transformer.rows.kernel.ScalarRowBackend;

/** Picks the {@link RowBackend} of this JVM. */
final class RowBackends {
  private static final RowBackend CHOSEN = new ScalarRowBackend();

  private RowBackends() {}

  /** The backend that all rows in this JVM are computed with. */
  static RowBackend chosen() {
    return CHOSEN;
  }
}
