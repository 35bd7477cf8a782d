package io.headstream.benchmarks.job;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process of Flink with this JVM's Java, class path and opened packages. Ends when it does. */
final class FlinkJvm implements AutoCloseable {
  private static final Path JDK = Path.of(System.getProperty("java.home"), "bin");
  private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");

  private final Process process;
  private final Thread reaper;

  private FlinkJvm(Process process) {
    this.process = process;
    this.reaper = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(reaper);
  }

  /**
   * Starts one.
   *
   * @param log gets all that it says
   * @param prefix stands before the command
   * @param flags of the JVM, beside those of this one that open packages
   * @param options of Flink, beside those of {@code conf/config.yaml}
   */
  static FlinkJvm start(
      Path log, List<String> prefix, List<String> flags, String main, Map<String, String> options)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(JDK.resolve("java").toString());
    command.addAll(flags);
    for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (flag.startsWith("--add") || flag.startsWith("-Dlog4j2.")) {
        command.add(flag);
      }
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
    command.addAll(List.of("--configDir", "conf"));
    options.forEach((key, value) -> command.addAll(List.of("-D", key + "=" + value)));
    return new FlinkJvm(
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start());
  }

  /** CPU time of all threads since the start. */
  long cpuNanos() {
    return process.info().totalCpuDuration().orElseThrow().toNanos();
  }

  /** Bytes of objects in the heap that are left by a full collection. */
  long liveHeapBytes() throws IOException, InterruptedException {
    Process histogram =
        new ProcessBuilder(
                JDK.resolve("jcmd").toString(), String.valueOf(process.pid()), "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    String text = new String(histogram.getInputStream().readAllBytes());
    histogram.waitFor();
    Matcher total = TOTAL.matcher(text);
    if (!total.find()) {
      throw new IOException("no total in " + text);
    }
    return Long.parseLong(total.group(1));
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
    Runtime.getRuntime().removeShutdownHook(reaper);
  }
}
