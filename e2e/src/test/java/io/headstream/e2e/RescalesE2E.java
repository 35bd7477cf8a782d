package io.headstream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * A job is stopped mid-sequence and goes on with another parallelism, through each ordered pair of
 * {@code -De2e.parallelisms}, {@code -De2e.circuits} times: by a canonical savepoint, a native one,
 * and a retained checkpoint in turn. After three circuits each pair has been through each.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RescalesE2E {
  private static final List<Integer> PARALLELISMS =
      Arrays.stream(System.getProperty("e2e.parallelisms", "1,2,4").split(","))
          .map(Integer::valueOf)
          .toList();
  private static final int CIRCUITS = Integer.getInteger("e2e.circuits", 1);
  private static final List<String> MODES =
      List.of(System.getProperty("e2e.modes", "sequence,token").split(","));

  /** So much of the input for each rescale: some seconds, and more on a machine that is busy. */
  private static final Duration RUN = Duration.ofSeconds(15);

  @RegisterExtension
  static final ClusterExtension EXTENSION =
      new ClusterExtension(2).with(Map.of("taskmanager.numberOfTaskSlots", "4"));

  private StandaloneCluster cluster;
  private Workload workload;
  private Path answers;

  @BeforeAll
  void writeFiles() throws Exception {
    cluster = EXTENSION.cluster();
    workload = new Workload(EXTENSION.newFolder("files"));
    answers = EXTENSION.newFolder("answers");
  }

  @ParameterizedTest
  @FieldSource("MODES")
  void anotherParallelismLeavesNoTrace(String mode) throws Exception {
    Path output = answers.resolve(mode);
    String[] options = workload.options("paced", mode, output);
    List<Integer> circuit = circuit();
    int rescales = circuit.size() * CIRCUITS;
    SplittableRandom random = new SplittableRandom(ClusterExtension.SEED);
    Set<Rescale> different = new HashSet<>();
    Recoveries recoveries = new Recoveries();

    cluster.paceToLast(workload.inputBytes(), RUN.multipliedBy(rescales));
    String job = cluster.submit(circuit.get(0), options).jobId();
    cluster.awaitRunning(job, 0);
    for (int i = 0; i < rescales; i++) {
      Rescale rescale = rescale(circuit, i);
      cluster.awaitCheckpoint(job);
      Await.moment(Duration.ofMillis(random.nextLong(1_000)));
      assertThat(cluster.rest().state(job)).as("before rescale %d", i + 1).isEqualTo("RUNNING");
      EXTENSION.timeline().note("%d: %s", i + 1, rescale);
      different.add(rescale);
      long stopped = System.currentTimeMillis();
      job = cluster.resume(stop(job, rescale.by()), rescale.to(), options).jobId();
      cluster.awaitRunning(job, 0);
      recoveries.add(System.currentTimeMillis() - stopped);
    }
    assertThat(cluster.rest().state(job)).as("after the last rescale").isEqualTo("RUNNING");
    cluster.pace(0);
    cluster.awaitFinished(job);
    Results.add(
        "Rescaled mid-sequence, %s mode".formatted(mode),
        "%d rescales between %s, %d different".formatted(rescales, PARALLELISMS, different.size()),
        workload,
        workload.difference(output),
        recoveries.toString());
    workload.assertSameBytes(output);
  }

  private enum Snapshot {
    CANONICAL_SAVEPOINT,
    NATIVE_SAVEPOINT,
    RETAINED_CHECKPOINT
  }

  private record Rescale(int from, int to, Snapshot by) {}

  /** The i-th: a circuit begins one kind of snapshot later than the one before it. */
  private static Rescale rescale(List<Integer> circuit, int i) {
    int step = i % circuit.size();
    int to = circuit.get((step + 1) % circuit.size());
    Snapshot by = Snapshot.values()[(step + i / circuit.size()) % Snapshot.values().length];
    return new Rescale(circuit.get(step), to, by);
  }

  private String stop(String job, Snapshot kind) throws Exception {
    return switch (kind) {
      case CANONICAL_SAVEPOINT -> cluster.stopWithSavepoint(job, "CANONICAL");
      case NATIVE_SAVEPOINT -> cluster.stopWithSavepoint(job, "NATIVE");
      case RETAINED_CHECKPOINT -> cluster.cancelAtCheckpoint(job);
    };
  }

  /** A way that takes each ordered pair once and ends where it begins: 1 2 1 4 2 4 (1). */
  private static List<Integer> circuit() {
    List<Integer> circuit = new ArrayList<>();
    for (int i = 0; i < PARALLELISMS.size(); i++) {
      for (int j = i + 1; j < PARALLELISMS.size(); j++) {
        circuit.add(PARALLELISMS.get(i));
        circuit.add(PARALLELISMS.get(j));
      }
    }
    return circuit;
  }
}
