package io.headstream.job.weights;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Instances that operators in this JVM use at the moment: one for each name, however many slots
 * work with it, gone when the last of them closes. Safe for any number of threads.
 *
 * @param <T> what is shared; has to be safe for several threads itself
 */
public final class SharedInstances<T> {
  private final Map<String, Shared<T>> instances = new HashMap<>();

  /**
   * How an instance is made when nobody has it yet.
   *
   * @param <T> what is made
   */
  @FunctionalInterface
  public interface Loader<T> {
    /** Makes it. */
    T load() throws IOException;
  }

  /**
   * The instance of a name, made by whoever asks first; others wait for it. Give it back with
   * {@link Lease#close()}.
   *
   * @throws IOException if it cannot be loaded; the next one to ask tries again
   */
  public Lease<T> acquire(String name, Loader<T> loader) throws IOException {
    Shared<T> shared;
    synchronized (instances) {
      shared = instances.computeIfAbsent(name, key -> new Shared<>());
      shared.users++;
    }
    try {
      return new Lease<>(this, name, shared.instance(loader));
    } catch (IOException | RuntimeException | Error e) {
      release(name);
      throw e;
    }
  }

  /** How many instances are in use. */
  public int size() {
    synchronized (instances) {
      return instances.size();
    }
  }

  private void release(String name) {
    synchronized (instances) {
      Shared<T> shared = instances.get(name);
      if (--shared.users == 0) {
        instances.remove(name);
      }
    }
  }

  /**
   * An operator's hold on an instance. Not for several threads.
   *
   * @param <T> what is shared
   */
  public static final class Lease<T> implements AutoCloseable {
    private final SharedInstances<T> owner;
    private final String name;
    private T instance; // null when closed: Flink may hold an operator for longer than its job

    private Lease(SharedInstances<T> owner, String name, T instance) {
      this.owner = owner;
      this.name = name;
      this.instance = instance;
    }

    /** The instance, until {@link #close()}; then null. */
    public T get() {
      return instance;
    }

    @Override
    public void close() {
      if (instance != null) {
        instance = null;
        owner.release(name);
      }
    }
  }

  private static final class Shared<T> {
    private int users; // guarded by the owner's instances
    private T instance; // guarded by this

    /** Loads once; other slots wait here, not at the map. */
    private synchronized T instance(Loader<T> loader) throws IOException {
      if (instance == null) {
        instance = loader.load();
      }
      return instance;
    }
  }
}
