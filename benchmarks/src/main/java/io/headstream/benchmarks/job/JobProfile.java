package io.headstream.benchmarks.job;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;

/**
 * {@code benchmarks/profile}: what the threads of a job were at when Java Flight Recorder looked,
 * as shares of its samples. A sample belongs to the innermost of its frames that a place is known
 * for.
 */
public final class JobProfile {
  /** By the beginning of {@code class.method}; the first that fits. */
  private static final Map<String, List<String>> PLACES = new LinkedHashMap<>();

  /** Matrix products, which belong to whoever calls them: projections or attention. */
  private static final List<String> PRODUCTS =
      List.of(
          "io.headstream.attention.internal.vector.VectorBlocks.",
          "io.headstream.attention.internal.vector.VectorProducts.");

  private static final String ELSEWHERE = "elsewhere";
  private static final int METHODS = 12;

  static {
    String core = "io.headstream.attention.";
    String flink = "org.apache.flink.";
    PLACES.put(
        "core: projections",
        List.of(
            core + "internal.vector.VectorProjection", core + "internal.kernel.ScalarProjection"));
    PLACES.put("core: attention", List.of(core));
    PLACES.put(
        "measuring: source, sink",
        List.of("io.headstream.benchmarks.", "org.apache.flink.api.connector.source.lib."));
    PLACES.put(
        "records to bytes and back",
        List.of(
            "io.headstream.job.serialization.",
            "io.headstream.job.records.BlockSerializer",
            "io.headstream.job.records.TokenSerializer",
            "io.headstream.job.records.HeadKeySerializer",
            flink + "core.memory.",
            flink + "api.common.typeutils.",
            flink + "runtime.io.network.api.serialization."));
    PLACES.put(
        "job: copies of embeddings and answers",
        List.of(
            "io.headstream.job.records.Block.",
            "io.headstream.job.attend.Answer",
            "io.headstream.job.attend.Gather.concatenate"));
    PLACES.put("state", List.of(flink + "runtime.state.", "io.headstream.job.cache.KeyValueState"));
    PLACES.put("job: the rest", List.of("io.headstream.job."));
    PLACES.put(
        "Flink: network",
        List.of(flink + "runtime.io.network.", flink + "shaded.netty4.", "io.netty."));
    PLACES.put("Flink: the rest", List.of(flink));
  }

  private JobProfile() {}

  /** Prints the summary of a recording, a file of {@code -XX:StartFlightRecording}. */
  public static void main(String[] arguments) throws IOException {
    Map<String, Integer> places = new LinkedHashMap<>();
    PLACES.keySet().forEach(place -> places.put(place, 0));
    Map<String, Integer> methods = new LinkedHashMap<>();
    Duration collecting = Duration.ZERO;
    int samples = 0;
    try (RecordingFile recording = new RecordingFile(Path.of(arguments[0]))) {
      while (recording.hasMoreEvents()) {
        RecordedEvent event = recording.readEvent();
        String type = event.getEventType().getName();
        if (type.equals("jdk.GarbageCollection")) {
          collecting = collecting.plus(event.getDuration("sumOfPauses"));
        } else if (type.equals("jdk.ExecutionSample") && ofTask(event)) {
          samples++;
          RecordedStackTrace stack = event.getStackTrace();
          places.merge(place(stack), 1, Integer::sum);
          methods.merge(method(stack), 1, Integer::sum);
        }
      }
    }
    System.out.printf("%d samples, %d ms of pauses%n", samples, collecting.toMillis());
    print(places, samples, Integer.MAX_VALUE);
    System.out.println("innermost methods");
    print(methods, samples, METHODS);
  }

  /** Tasks are named after their subtask, and the network's threads after Netty. */
  private static boolean ofTask(RecordedEvent event) {
    if (event.getStackTrace() == null || event.getThread("sampledThread") == null) {
      return false;
    }
    String thread = event.getThread("sampledThread").getJavaName();
    return thread != null && (thread.matches(".*\\(\\d+/\\d+\\)#\\d+") || thread.contains("Netty"));
  }

  private static String place(RecordedStackTrace stack) {
    for (RecordedFrame frame : stack.getFrames()) {
      String name = name(frame);
      if (PRODUCTS.stream().anyMatch(name::startsWith)) {
        continue;
      }
      for (Map.Entry<String, List<String>> place : PLACES.entrySet()) {
        if (place.getValue().stream().anyMatch(name::startsWith)) {
          return place.getKey();
        }
      }
    }
    return ELSEWHERE;
  }

  /** The innermost that is not the JDK's, to which vectors and copies belong. */
  private static String method(RecordedStackTrace stack) {
    return stack.getFrames().stream()
        .map(JobProfile::name)
        .filter(name -> !name.startsWith("jdk.") && !name.startsWith("java."))
        .findFirst()
        .orElse(ELSEWHERE);
  }

  private static String name(RecordedFrame frame) {
    return frame.getMethod().getType().getName() + "." + frame.getMethod().getName();
  }

  private static void print(Map<String, Integer> counts, int samples, int most) {
    counts.entrySet().stream()
        .filter(entry -> entry.getValue() > 0)
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .limit(most)
        .forEach(
            entry ->
                System.out.printf(
                    "%5.1f %%  %s%n", 100.0 * entry.getValue() / samples, entry.getKey()));
  }
}
