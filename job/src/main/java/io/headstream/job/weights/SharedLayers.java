package io.headstream.job.weights;

import io.headstream.attention.MultiHeadAttention;
import java.io.IOException;

/**
 * The layers that operators in this JVM use at the moment: one for each job, however many slots
 * work with it, gone when the last of them closes.
 */
public final class SharedLayers {
  private static final SharedInstances<Loaded> LAYERS = new SharedInstances<>();

  private SharedLayers() {}

  /**
   * A layer.
   *
   * @param weightsDigest a fingerprint of its weights; null where nobody asked for it
   */
  record Loaded(MultiHeadAttention layer, String weightsDigest) {}

  static Lease acquire(String name, SharedInstances.Loader<Loaded> loader) throws IOException {
    return new Lease(LAYERS.acquire(name, loader));
  }

  /** How many layers are in use; for tests. */
  static int size() {
    return LAYERS.size();
  }

  /** An operator's hold on a layer. Not for several threads. */
  public static final class Lease implements AutoCloseable {
    private final SharedInstances.Lease<Loaded> lease;

    private Lease(SharedInstances.Lease<Loaded> lease) {
      this.lease = lease;
    }

    /** The layer, until {@link #close()}. */
    public MultiHeadAttention layer() {
      return lease.get().layer();
    }

    /** A fingerprint of the weights; null unless {@link LayerWeights#withDigest} asked for it. */
    public String weightsDigest() {
      return lease.get().weightsDigest();
    }

    @Override
    public void close() {
      lease.close();
    }
  }
}
