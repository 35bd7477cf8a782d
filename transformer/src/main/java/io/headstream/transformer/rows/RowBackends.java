package io.headstream.transformer.rows;

import io.headstream.transformer.rows.kernel.RowBackend;
import io.headstream.transformer.rows.kernel.ScalarRowBackend;
import io.headstream.transformer.rows.vector.VectorRowBackend;
import java.lang.System.Logger.Level;

/**
 * Picks the {@link RowBackend} of this JVM, once, and logs which and why.
 *
 * <p>{@code -Dheadstream.kernel=auto|scalar|vector} means what it means for attention: {@code
 * auto}, the default, takes the Vector API where its module is there; {@code vector} refuses to
 * start without it.
 */
final class RowBackends {
  private static final String PROPERTY = "headstream.kernel";
  private static final String MODULE = "jdk.incubator.vector";
  private static final String HOW_TO = "start Java with --add-modules=" + MODULE;

  private RowBackends() {}

  /** The backend that all rows in this JVM are computed with. */
  static RowBackend chosen() {
    return Chosen.BACKEND;
  }

  /**
   * The backend for a value of the property.
   *
   * @throws IllegalStateException if {@code vector} is asked for and the module is not there
   * @throws IllegalArgumentException if the value is another word
   */
  static RowBackend choose(String asked, boolean moduleIsThere) {
    return switch (asked) {
      case "scalar" -> logged(new ScalarRowBackend(), "-D" + PROPERTY + " asks for it");
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
                  new ScalarRowBackend(), "the Vector API is not there; for more speed " + HOW_TO);
      default ->
          throw new IllegalArgumentException(
              "-D" + PROPERTY + " is " + asked + ", expected auto, scalar or vector");
    };
  }

  /** In a method of its own, so that the class is not loaded where its module is missing. */
  private static RowBackend vector() {
    return new VectorRowBackend();
  }

  private static RowBackend logged(RowBackend backend, String why) {
    System.getLogger(RowBackends.class.getName())
        .log(Level.INFO, "row arithmetic {0}: {1}", backend.name(), why);
    return backend;
  }

  private static final class Chosen {
    static final RowBackend BACKEND =
        choose(
            System.getProperty(PROPERTY, "auto"),
            ModuleLayer.boot().findModule(MODULE).isPresent());
  }
}
