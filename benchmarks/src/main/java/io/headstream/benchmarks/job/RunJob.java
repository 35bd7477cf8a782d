package io.headstream.benchmarks.job;

import com.sun.management.OperatingSystemMXBean;
import io.headstream.job.AttentionSettings;
import io.headstream.job.layer.AttentionSample;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code benchmarks/job}: measures the whole job on embedded Flink, beside the bare core. */
@Command(
    name = "benchmarks/job",
    sortOptions = false,
    showDefaultValues = true,
    description = {
      "Measures the job on embedded Flink, from sequences in memory to a sink that discards:",
      RunJob.COLUMNS
    })
public final class RunJob implements Callable<Integer> {
  static final String COLUMNS =
      "mode,n,d,heads,causal,head_groups,parallelism,"
          + "sequences_s,tokens_s,p50_ms,p99_ms,bytes_s,cpu_ms,heap_mb";

  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  @Option(
      names = "--modes",
      split = ",",
      description = {
        "core: no job, a thread for each slot. sequence: the source emits whole sequences.",
        "tokens: it emits single tokens, which are collected.",
        "token, core-token: sequences that never end, LENGTH tokens of which are kept.",
        "ort-op23, ort-mha, ort-attn, torch: as sequence, by ONNX Runtime or libtorch (PEERS=1)."
      })
  private List<String> modes = List.of("core", "sequence", "tokens");

  @Option(names = "--shapes", split = ",", description = "LENGTHxDIMxHEADS, c for causal.")
  private List<String> shapes = List.of("16x64x4", "128x512x8", "512x768x12");

  @Option(names = "--head-groups", split = ",", description = "Into how many parts heads fan out.")
  private List<Integer> headGroups = List.of(1);

  @Option(names = "--parallelism", split = ",", description = "How many slots.")
  private List<Integer> parallelisms = List.of(2);

  @Option(
      names = "--in-flight",
      description = "Most sequences on their way at once: 1 is latency alone, 0 no limit.")
  private int inFlight = Meter.UNLIMITED;

  @Option(
      names = "--attention-weights",
      split = ",",
      description = {
        "Percents of the sequences whose attention weights are written, to nowhere, in the modes",
        "sequence and token; the mode is then called MODE+PERCENT. 0: the option is absent."
      })
  private List<Double> attentionWeights = List.of(0.0);

  @Option(names = "--endless", description = "How many sequences each slot has in the mode token.")
  private int endless = Sequences.ENDLESS;

  @Option(
      names = "--task-managers",
      description = "Flink's TaskManagers, between which records travel by TCP; share the slots.")
  private int taskManagers = 1;

  @Option(
      names = "--heap",
      description = {
        "Measure what a job adds to the live heap, by full collections while it runs: heap_mb is",
        "the most of ten. Nothing else of such a run is worth anything."
      })
  private boolean heap;

  @Option(
      names = "--full-contexts",
      description = {
        "Warm up until each sequence of the modes token and core-token is LENGTH tokens long:",
        "a token costs what its context does."
      })
  private boolean fullContexts;

  @Option(
      names = "--state-backend",
      description = "hashmap, or rocksdb with as much managed memory as conf/config.yaml gives.")
  private String stateBackend = "hashmap";

  @Option(names = "--rounds", description = "How often all are measured in turn; the best counts.")
  private int rounds = 2;

  @Option(
      names = "--every-round",
      description = "Also print each round as it ends, for who wants medians in place of the best.")
  private boolean everyRound;

  @Option(names = "--seconds", description = "Measuring time of one.")
  private double seconds = 3;

  @Option(names = "--warm-up", description = "Seconds before.")
  private double warmUp = 3;

  @Option(names = "--help", usageHelp = true, description = "Print this.")
  private boolean help;

  private final Map<String, Throughput> best = new LinkedHashMap<>();

  private RunJob() {}

  /** Runs the command. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new RunJob()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    for (int round = 0; round < rounds; round++) {
      for (String shape : shapes) {
        for (int parallelism : parallelisms) {
          for (String mode : modes) {
            measure(mode, Shape.parse(shape), parallelism);
          }
        }
      }
    }
    System.out.println(COLUMNS);
    best.forEach((what, throughput) -> System.out.println(what + "," + throughput.fields()));
    return 0;
  }

  private void measure(String mode, Shape shape, int parallelism) throws Exception {
    if (mode.equals("core") || mode.equals("core-token")) {
      keep(mode, shape, 1, parallelism, core(mode, shape, parallelism));
      return;
    }
    for (int groups : headGroups) {
      for (double percent : attentionWeights) {
        String what = percent == 0 ? mode : mode + "+" + percent;
        keep(what, shape, groups, parallelism, job(mode, shape, groups, parallelism, percent));
      }
    }
  }

  private void keep(String mode, Shape shape, int groups, int parallelism, Throughput measured) {
    String what =
        "%s,%d,%d,%d,%b,%d,%d"
            .formatted(
                mode,
                shape.length(),
                shape.modelDim(),
                shape.heads(),
                shape.causal(),
                groups,
                parallelism);
    if (everyRound) {
      System.out.println(what + "," + measured.fields());
    }
    best.merge(what, measured, (a, b) -> a.sequences() >= b.sequences() ? a : b);
  }

  private Throughput core(String mode, Shape shape, int threads) throws InterruptedException {
    Meter.begin(Sequences.count(shape), Meter.UNLIMITED);
    NetworkBytes.begin();
    AtomicBoolean stop = new AtomicBoolean();
    List<Thread> started =
        mode.equals("core")
            ? BareCore.start(shape, threads, stop)
            : BareCore.startDecoding(shape, threads, stop);
    fillContexts(mode, (long) threads * Sequences.ENDLESS * shape.length());
    Throughput measured = window();
    stop.set(true);
    for (Thread thread : started) {
      thread.join();
    }
    return measured;
  }

  private Throughput job(String mode, Shape shape, int groups, int parallelism, double percent)
      throws Exception {
    Sequences.of(shape); // of which the heap is not the job's
    long heapBefore = heap ? LiveHeap.bytes() : 0;
    int sequences = mode.equals("token") ? endless * parallelism : Sequences.count(shape);
    Meter.begin(Math.max(sequences, Sequences.count(shape)), inFlight);
    AttentionSample sample = sample(sequences, percent);
    NetworkBytes.begin();
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration(parallelism));
    env.setMaxParallelism(720);
    AttentionSettings settings =
        AttentionSettings.of(shape.modelDim(), shape.heads())
            .withCausal(shape.causal())
            .withHeadGroups(groups);
    switch (mode) {
      case "sequence" -> Work.sequences(env, shape, settings, sample);
      case "tokens" -> Work.tokens(env, shape, settings);
      case "token" -> Work.endless(env, shape, settings, endless, sample);
      default -> Work.peer(env, mode, shape);
    }
    JobClient job = env.executeAsync(mode);
    while (Meter.sequences() == 0 && !job.getJobStatus().get().isTerminalState()) {
      Thread.sleep(20);
    }
    fillContexts(mode, (long) parallelism * endless * shape.length());
    Throughput measured = window();
    if (heap) {
      measured = measured.withHeap(LiveHeap.most(10) - heapBefore);
    }
    job.cancel();
    Meter.end();
    try {
      job.getJobExecutionResult().get();
    } catch (ExecutionException e) {
      // It was cancelled.
    }
    return measured;
  }

  /** As many as the share says, by name, since there are few; each ID is hashed all the same. */
  private static AttentionSample sample(int sequences, double percent) {
    if (percent == 0) {
      return AttentionSample.none();
    }
    int sampled = (int) Math.max(1, Math.round(sequences * percent / 100));
    Set<String> ids =
        IntStream.range(0, sampled)
            .mapToObj(n -> Integer.toString((int) ((long) n * sequences / sampled)))
            .collect(Collectors.toSet());
    System.err.printf("%d of %d sequences are sampled%n", sampled, sequences);
    return new AttentionSample(ids, Integer.MAX_VALUE);
  }

  private void fillContexts(String mode, long tokens) throws InterruptedException {
    while (fullContexts && mode.endsWith("token") && Meter.tokens() < tokens) {
      Thread.sleep(20);
    }
  }

  private Configuration configuration(int parallelism) {
    Configuration configuration = new Configuration();
    configuration.set(TaskManagerOptions.MINI_CLUSTER_NUM_TASK_MANAGERS, taskManagers);
    configuration.set(TaskManagerOptions.NUM_TASK_SLOTS, Math.max(1, parallelism / taskManagers));

    configuration.set(StateBackendOptions.STATE_BACKEND, stateBackend);
    if (stateBackend.equals("rocksdb")) {
      configuration.set(
          TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(317L * parallelism));
    }
    configuration.set(TaskManagerOptions.NUM_TASK_SLOTS, parallelism);
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(64));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(64));
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    configuration.set(PipelineOptions.OBJECT_REUSE, true); // as the job and its configuration do
    configuration.setString(
        "metrics.reporter.bytes.factory.class", NetworkBytes.Factory.class.getName());
    return configuration;
  }

  private Throughput window() throws InterruptedException {
    Thread.sleep((long) (warmUp * 1000));
    Meter.beginWindow();
    long start = System.nanoTime();
    long sequences = Meter.sequences();
    long tokens = Meter.tokens();
    long bytes = NetworkBytes.sum();
    long cpuNanos = PROCESS.getProcessCpuTime();
    Thread.sleep((long) (seconds * 1000));
    double elapsed = (System.nanoTime() - start) / 1e9;
    double cpuMillis = (PROCESS.getProcessCpuTime() - cpuNanos) / 1e6;
    long done = Meter.sequences() - sequences;
    return new Throughput(
        done / elapsed,
        (Meter.tokens() - tokens) / elapsed,
        Meter.latencyMillis(0.5),
        Meter.latencyMillis(0.99),
        (NetworkBytes.sum() - bytes) / elapsed,
        cpuMillis / done,
        0);
  }

  /** What went through in a second, and the work of all threads for one sequence. */
  private record Throughput(
      double sequences,
      double tokens,
      double p50Millis,
      double p99Millis,
      double bytes,
      double cpuMillis,
      double heapBytes) {
    Throughput withHeap(long bytes) {
      return new Throughput(sequences, tokens, p50Millis, p99Millis, this.bytes, cpuMillis, bytes);
    }

    String fields() {
      return String.format(
          Locale.ROOT,
          "%.1f,%.0f,%.3f,%.3f,%.0f,%.4f,%.1f",
          sequences,
          tokens,
          p50Millis,
          p99Millis,
          bytes,
          cpuMillis,
          heapBytes / 1e6);
    }
  }
}
