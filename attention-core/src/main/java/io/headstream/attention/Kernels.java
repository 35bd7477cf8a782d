package io.headstream.attention;

import io.headstream.attention.internal.kernel.Kernel;
import io.headstream.attention.internal.kernel.ScalarKernel;
import io.headstream.attention.internal.vector.VectorKernel;
import java.lang.System.Logger.Level;

/**
 * Picks the {@link Kernel} of this JVM, once, and logs which and why.
 *
 * <p>{@code -Dheadstream.kernel=auto|scalar|vector}: {@code auto}, the default, takes the Vector
 * API where its module is there; {@code vector} refuses to start without it.
 */
final class Kernels {
  /** The system property that may name the kernel. */
  static final String PROPERTY = "headstream.kernel";

  private static final String MODULE = "jdk.incubator.vector";
  private static final String HOW_TO = "start Java with --add-modules=" + MODULE;

  private Kernels() {}

  /** The kernel that everything in this JVM computes with. */
  static Kernel chosen() {
    return Chosen.KERNEL;
  }

  /**
   * The kernel for a value of the property.
   *
   * @throws IllegalStateException if {@code vector} is asked for and the module is not there
   * @throws IllegalArgumentException if the value is another word
   */
  static Kernel choose(String asked, boolean moduleIsThere) {
    return switch (asked) {
      case "scalar" -> logged(new ScalarKernel(), "-D" + PROPERTY + " asks for it");
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
              : logged(new ScalarKernel(), "the Vector API is not there; for more speed " + HOW_TO);
      default ->
          throw new IllegalArgumentException(
              "-D" + PROPERTY + " is " + asked + ", expected auto, scalar or vector");
    };
  }

  /** In a method of its own, so that the class is not loaded where its module is missing. */
  private static Kernel vector() {
    return new VectorKernel();
  }

  private static Kernel logged(Kernel kernel, String why) {
    System.getLogger(Kernels.class.getName())
        .log(Level.INFO, "attention kernel {0}: {1}", kernel.name(), why);
    return kernel;
  }

  private static final class Chosen {
    static final Kernel KERNEL =
        choose(
            System.getProperty(PROPERTY, "auto"),
            ModuleLayer.boot().findModule(MODULE).isPresent());
  }
}
