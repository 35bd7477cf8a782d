package io.headstream.benchmarks.job;

import io.headstream.job.AttentionSettings;
import io.headstream.job.observe.AttentionSample;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code benchmarks/job}: measures the whole job, on embedded Flink or on a cluster of processes,
 * beside the bare core.
 */
@Command(
    name = "benchmarks/job",
    sortOptions = false,
    showDefaultValues = true,
    description = {
      "Measures the job, from sequences in memory to a sink that discards:",
      RunJob.COLUMNS
    })
public final class RunJob implements Callable<Integer> {
  static final String COLUMNS =
      "mode,n,d,heads,causal,head_groups,parallelism," + Throughput.COLUMNS;

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

  @Option(
      names = "--endless",
      description = "How many sequences each slot has in the modes token and core-token.")
  private int endless = Sequences.ENDLESS;

  @Option(
      names = "--task-managers",
      description = "Flink's TaskManagers, between which records travel by TCP; share the slots.")
  private int taskManagers = 1;

  @Option(
      names = "--processes",
      description = {
        "JobManager and TaskManagers are processes of their own, configured by conf/config.yaml,",
        "and not parts of this one."
      })
  private boolean processes;

  @Option(
      names = "--network",
      description = {
        "As --processes --task-managers 2, with a cable between the two that lets so much through",
        "in each direction, as tc writes it: 200mbit. Needs root. stderr says what came through."
      })
  private String network;

  @Option(
      names = "--heap",
      description = {
        "Measure what a job adds to the live heap, by full collections while it runs, after one",
        "that has loaded all classes: heap_mb is the most of ten. Nothing else of such a run is",
        "worth anything."
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
  private Cluster cluster;
  private Cable cable;

  private RunJob() {}

  /** Runs the command. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new RunJob()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    Board.create();
    try (Cluster started = start()) {
      cluster = started;
      measureAll();
    }
    System.out.println(COLUMNS);
    best.forEach((what, throughput) -> System.out.println(what + "," + throughput.fields()));
    return 0;
  }

  private Cluster start() throws Exception {
    Configuration job = ClusterSettings.job(stateBackend);
    if (!processes && network == null) {
      return new EmbeddedCluster(taskManagers, job);
    }
    int count = network == null ? taskManagers : 2;
    int slots = (Collections.max(parallelisms) + count - 1) / count;
    cable = network == null ? null : new Cable(network);
    return new ProcessCluster(count, slots, job, cable);
  }

  private void measureAll() throws Exception {
    for (int round = 0; round < rounds; round++) {
      for (String shape : shapes) {
        for (int parallelism : parallelisms) {
          for (String mode : modes) {
            measure(mode, Shape.parse(shape), parallelism);
          }
        }
      }
    }
  }

  private void measure(String mode, Shape shape, int parallelism) throws Exception {
    if (mode.equals("core") || mode.equals("core-token")) {
      keep(mode, shape, 1, parallelism, core(mode, shape, parallelism));
      return;
    }
    for (int groups : headGroups) {
      for (double percent : attentionWeights) {
        String what = percent == 0 ? mode : mode + "+" + percent;
        if (heap) {
          job(mode, shape, groups, parallelism, percent);
        }
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

  private Throughput core(String mode, Shape shape, int threads) throws Exception {
    Meter.begin(Math.max(Sequences.count(shape), threads * endless), Meter.UNLIMITED);
    AtomicBoolean stop = new AtomicBoolean();
    List<Thread> started =
        mode.equals("core")
            ? BareCore.start(shape, threads, stop)
            : BareCore.startDecoding(shape, threads, endless, stop);
    fillContexts(mode, (long) threads * endless * shape.length());
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
    long heapBefore = heap ? leastLiveHeap(10) : 0;
    int sequences = mode.equals("token") ? endless * parallelism : Sequences.count(shape);
    Meter.begin(sequences, inFlight);
    AttentionSample sample = sample(sequences, percent);
    StreamExecutionEnvironment env = cluster.environment(parallelism);
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
      measured = measured.withHeap(mostLiveHeap(10) - heapBefore);
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

  /** Of the job before, what goes away goes a little after its end. */
  private long leastLiveHeap(int moments) throws Exception {
    long least = Long.MAX_VALUE;
    for (int moment = 0; moment < moments; moment++) {
      Thread.sleep(300);
      least = Math.min(least, cluster.liveHeapBytes());
    }
    return least;
  }

  private long mostLiveHeap(int moments) throws Exception {
    long most = 0;
    for (int moment = 0; moment < moments; moment++) {
      Thread.sleep(50 + 37L * moment); // not in step with the work
      most = Math.max(most, cluster.liveHeapBytes());
    }
    return most;
  }

  private Throughput window() throws Exception {
    Thread.sleep((long) (warmUp * 1000));
    long crossed = cable == null ? 0 : cable.bytes();
    Throughput measured = Throughput.of(cluster, seconds);
    if (cable != null) {
      System.err.printf("%.2f MB/s on the cable%n", (cable.bytes() - crossed) / seconds / 1e6);
    }
    return measured;
  }
}
