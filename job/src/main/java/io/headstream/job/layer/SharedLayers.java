package io.headstream.job.layer;

import io.headstream.attention.MultiHeadAttention;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * The layers that operators in this JVM use at the moment: one for each job, however many slots
 * work with it, gone when the last of them closes.
 */
public final class SharedLayers {
  private static final Map<String, Shared> LAYERS = new HashMap<>();

  private SharedLayers() {}

  /**
   * A layer.
   *
   * @param weightsDigest a fingerprint of its weights; null where nobody asked for it
   */
  record Loaded(MultiHeadAttention layer, String weightsDigest) {}

  /** How a layer is made when nobody has it yet. */
  @FunctionalInterface
  interface Loader {
    Loaded load() throws IOException;
  }

  static Lease acquire(String name, Loader loader) throws IOException {
    Shared shared;
    synchronized (LAYERS) {
      shared = LAYERS.computeIfAbsent(name, key -> new Shared());
      shared.users++;
    }
    try {
      return new Lease(name, shared.layer(loader));
    } catch (IOException | RuntimeException | Error e) {
      release(name);
      throw e;
    }
  }

  private static void release(String name) {
    synchronized (LAYERS) {
      Shared shared = LAYERS.get(name);
      if (--shared.users == 0) {
        LAYERS.remove(name);
      }
    }
  }

  /** How many layers are in use; for tests. */
  static int size() {
    synchronized (LAYERS) {
      return LAYERS.size();
    }
  }

  /** An operator's hold on a layer. Not for several threads. */
  public static final class Lease implements AutoCloseable {
    private final String name;
    private final Loaded loaded;
    private boolean closed;

    private Lease(String name, Loaded loaded) {
      this.name = name;
      this.loaded = loaded;
    }

    /** The layer, until {@link #close()}. */
    public MultiHeadAttention layer() {
      return loaded.layer();
    }

    /** A fingerprint of the weights; null unless {@link LayerWeights#withDigest} asked for it. */
    public String weightsDigest() {
      return loaded.weightsDigest();
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        release(name);
      }
    }
  }

  private static final class Shared {
    private int users; // guarded by LAYERS
    private Loaded loaded; // guarded by this

    /** Loads once; other slots wait here, not at the map. */
    private synchronized Loaded layer(Loader loader) throws IOException {
      if (loaded == null) {
        loaded = loader.load();
      }
      return loaded;
    }
  }
}
