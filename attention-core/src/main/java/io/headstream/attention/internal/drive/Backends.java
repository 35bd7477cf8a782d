package io.headstream.attention.internal.drive;

import io.headstream.attention.internal.kernel.Backend;
import io.headstream.attention.internal.kernel.ScalarBackend;
import io.headstream.attention.internal.vector.VectorBackend;
import java.lang.System.Logger.Level;

/**
 * Picks the {@link Backend} of this JVM, once, and logs which and why.
 *
 * <p>{@code -Dheadstream.kernel=auto|scalar|vector}: {@code auto}, the default, takes the Vector
 * API where its module is there; {@code vector} refuses to start without it.
 */
public final class Backends {
  /** The system property that may name the backend. */
  static final String PROPERTY = "headstream.kernel";

  private static final String MODULE = "jdk.incubator.vector";
  private static final String HOW_TO = "start Java with --add-modules=" + MODULE;

  private Backends() {}

  /** The backend that everything in this JVM computes with. */
  public static Backend chosen() {
    return Chosen.BACKEND;
  }

  /**
   * The backend for a value of the property.
   *
   * @throws IllegalStateException if {@code vector} is asked for and the module is not there
   * @throws IllegalArgumentException if the value is another word
   */
  static Backend choose(String asked, boolean moduleIsThere) {
    return switch (asked) {
      case "scalar" -> logged(new ScalarBackend(), "-D" + PROPERTY + " asks for it");
      case "vector" -> {
        if (!moduleIsThere) {
          throw new IllegalStateException(
              "-D" + PROPERTY + "=vector needs the Vector API: " + HOW_TO);
        }
        yield logged(vector(), "-D" + PROPERTY + " asks for it");
      }
      case "auto" ->
          moduleIsThere
              ? logged(vector(), "the Vector API is there")
              : logged(
                  new ScalarBackend(), "the Vector API is not there; for more speed " + HOW_TO);
      default ->
          throw new IllegalArgumentException(
              "-D" + PROPERTY + " is " + asked + ", expected auto, scalar or vector");
    };
  }

  /** In a method of its own, so that the class is not loaded where its module is missing. */
  private static Backend vector() {
    return new VectorBackend();
  }

  private static Backend logged(Backend backend, String why) {
    System.getLogger(Backends.class.getName())
        .log(Level.INFO, "attention kernel {0}: {1}", backend.description(), why);
    return backend;
  }

  private static final class Chosen {
    static final Backend BACKEND =
        choose(
            System.getProperty(PROPERTY, "auto"),
            ModuleLayer.boot().findModule(MODULE).isPresent());
  }
}
