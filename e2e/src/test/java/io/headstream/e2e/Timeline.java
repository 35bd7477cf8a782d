package io.headstream.e2e;

/**
 * What happened when: on stderr at once, so that one sees where a long run is. Any thread may note.
 */
final class Timeline {
  private final long start = System.nanoTime();

  void note(String format, Object... values) {
    double seconds = (System.nanoTime() - start) / 1e9;
    System.err.println("%8.3f s  %s".formatted(seconds, format.formatted(values)));
  }
}
