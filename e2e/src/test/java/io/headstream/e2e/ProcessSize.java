package io.headstream.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a JVM of this machine holds.
 *
 * @param heapBytes of live objects, after a full collection
 * @param residentBytes of memory, heap or not
 * @param openFiles files and sockets
 */
record ProcessSize(long heapBytes, long residentBytes, long openFiles) {
  private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");
  private static final Pattern METASPACE = Pattern.compile("Metaspace\\s+used (\\d+)K");
  private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB");

  /** Measures a JVM of the same JDK as this one. */
  static ProcessSize of(long pid) throws IOException, InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    // A class histogram begins with a full collection and counts what is left.
    long heap = number(TOTAL, Command.run(jcmd, String.valueOf(pid), "GC.class_histogram"));
    long resident = 1024 * number(RESIDENT, Files.readString(Path.of("/proc/" + pid + "/status")));
    try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return new ProcessSize(heap, resident, files.count());
    }
  }

  /** What classes take that are loaded, after {@link #of} has collected those that nobody uses. */
  static long metaspaceBytes(long pid) throws IOException, InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    return 1024 * number(METASPACE, Command.run(jcmd, String.valueOf(pid), "GC.heap_info"));
  }

  private static long number(Pattern pattern, String text) throws IOException {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new IOException("no " + pattern + " in " + text);
    }
    return Long.parseLong(matcher.group(1));
  }

  @Override
  public String toString() {
    return "heap %.1f MB, resident %.0f MB, %d files"
        .formatted(heapBytes / 1e6, residentBytes / 1e6, openFiles);
  }
}
