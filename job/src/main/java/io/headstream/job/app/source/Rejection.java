package io.headstream.job.app.source;

import io.headstream.job.records.Reason;

/** Leaves the parsing of a record that cannot be used. */
final class Rejection extends Exception {
  private static final int SHOWN_CHARACTERS = 40;

  private final Reason reason;

  Rejection(Reason reason, String detail) {
    // Bad records may be many, and nobody reads this trace.
    super(detail, null, false, false);
    this.reason = reason;
  }

  static Rejection malformed(String detail) {
    return new Rejection(Reason.MALFORMED, detail);
  }

  Reason reason() {
    return reason;
  }

  /** A value for a detail, cut when it is long. */
  static String shown(String value) {
    return value.length() <= SHOWN_CHARACTERS
        ? value
        : value.substring(0, SHOWN_CHARACTERS) + "...";
  }
}
