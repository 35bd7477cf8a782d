package io.headstream.benchmarks.job;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;

/** What of this JVM's heap is in use when nothing is left to collect. */
final class LiveHeap {
  private static final MemoryMXBean MEMORY = ManagementFactory.getMemoryMXBean();

  private LiveHeap() {}

  /** Bytes after full collections, the second of which takes what cleaners let go. */
  static long bytes() {
    MEMORY.gc();
    MEMORY.gc();
    return MEMORY.getHeapMemoryUsage().getUsed();
  }

  /** The most of several moments. */
  static long most(int moments) throws InterruptedException {
    long most = 0;
    for (int moment = 0; moment < moments; moment++) {
      Thread.sleep(50 + 37L * moment); // not in step with the work
      MEMORY.gc();
      most = Math.max(most, MEMORY.getHeapMemoryUsage().getUsed());
    }
    return most;
  }
}
