package io.headstream.e2e;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What this machine must not keep when this JVM ends, and what nobody has closed by then, as after
 * Ctrl-C. Only {@code kill -9} leaves it there.
 */
final class AtExit {
  private static final Set<AutoCloseable> OPEN = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(AtExit::closeAll, "close what is open"));
  }

  private AtExit() {}

  /** From now on it is closed with this JVM. */
  static void close(AutoCloseable resource) {
    OPEN.add(resource);
  }

  /** It is closed already. */
  static void closed(AutoCloseable resource) {
    OPEN.remove(resource);
  }

  private static void closeAll() {
    for (AutoCloseable resource : OPEN) {
      try {
        resource.close();
      } catch (Exception e) {
        System.err.println("is left behind: " + e.getMessage());
      }
    }
  }
}
