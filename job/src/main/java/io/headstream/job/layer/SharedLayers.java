package io.headstream.job.layer;

import io.headstream.attention.MultiHeadAttention;
import io.headstream.job.shared.SharedInstances;
import java.io.IOException;

/**
 * The layers that operators in this JVM use at the moment: one for each job, however many slots
 * work with it, gone when the last of them closes.
 */
public final class SharedLayers {
  private static final SharedInstances<MultiHeadAttention> LAYERS = new SharedInstances<>();

  private SharedLayers() {}

  static Lease acquire(String name, SharedInstances.Loader<MultiHeadAttention> loader)
      throws IOException {
    return new Lease(LAYERS.acquire(name, loader));
  }

  /** How many layers are in use; for tests. */
  static int size() {
    return LAYERS.size();
  }

  /** An operator's hold on a layer. Not for several threads. */
  public static final class Lease implements AutoCloseable {
    private final SharedInstances.Lease<MultiHeadAttention> lease;

    private Lease(SharedInstances.Lease<MultiHeadAttention> lease) {
      this.lease = lease;
    }

    /** The layer, until {@link #close()}. */
    public MultiHeadAttention layer() {
      return lease.get();
    }

    @Override
    public void close() {
      lease.close();
    }
  }
}
