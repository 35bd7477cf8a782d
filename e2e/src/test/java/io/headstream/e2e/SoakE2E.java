package io.headstream.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A steady stream for {@code -De2e.soak.minutes}, with a TaskManager killed every {@code
 * -De2e.soak.kill.seconds}: what processes hold must not grow. Give it {@code -De2e.sequences}
 * enough to last; without minutes it does not run.
 */
class SoakE2E {
  private static final int MINUTES = Integer.getInteger("e2e.soak.minutes", 0);
  private static final Duration BETWEEN_KILLS =
      Duration.ofSeconds(Long.getLong("e2e.soak.kill.seconds", 120));
  private static final int OPEN_SEQUENCES = 64;
  private static final double FLAT = 0.05;

  @RegisterExtension static final ClusterExtension EXTENSION = new ClusterExtension(2);

  /** What is measured just before each kill, of a TaskManager that is as old each time. */
  private final List<ProcessSize> jobManager = new ArrayList<>();

  private final List<ProcessSize> taskManager = new ArrayList<>();
  private final List<Long> answeredBytes = new ArrayList<>();

  @Test
  void nothingGrows() throws Exception {
    assumeTrue(MINUTES > 0, "give -De2e.soak.minutes");
    StandaloneCluster cluster = EXTENSION.cluster();
    Workload workload = new Workload(EXTENSION.newFolder("files"), OPEN_SEQUENCES);
    Path output = EXTENSION.newFolder("answers").resolve("soak");
    Duration whole = Duration.ofMinutes(MINUTES);
    cluster.paceToLast(workload.inputBytes(), whole.plus(BETWEEN_KILLS));
    String job = cluster.submit(4, workload.options("paced", "sequence", output)).jobId();
    cluster.awaitRunning(job, 0);
    Recoveries recoveries = new Recoveries();
    // A kill goes to the older one, so each is killed at the age of two intervals.
    for (int kill = 0; kill < whole.toSeconds() / BETWEEN_KILLS.toSeconds(); kill++) {
      Await.moment(BETWEEN_KILLS);
      assertThat(cluster.rest().state(job)).as("kill %d", kill).isEqualTo("RUNNING");
      int older = kill % 2;
      jobManager.add(ProcessSize.of(cluster.jobManager().pid()));
      taskManager.add(ProcessSize.of(cluster.taskManagers().get(older).pid()));
      answeredBytes.add(Workload.committedBytes(output));
      EXTENSION.timeline().note("JobManager %s", jobManager.get(kill));
      EXTENSION.timeline().note("TaskManager %s", taskManager.get(kill));
      EXTENSION.timeline().note("%,d bytes answered", answeredBytes.get(kill));
      long moment = System.currentTimeMillis();
      cluster.killTaskManager(older);
      cluster.awaitRunning(job, moment);
      recoveries.add(System.currentTimeMillis() - moment);
    }
    cluster.pace(0);
    cluster.awaitFinished(job);
    Results.add(
        "%d minutes at a steady rate".formatted(MINUTES),
        "a TaskManager killed every %d s".formatted(BETWEEN_KILLS.toSeconds()),
        workload,
        workload.difference(output),
        "%s; JobManager: heap %+.1f %%, resident %+.1f %%, files %+.1f %%; TaskManagers: heap %+.1f %%, resident %+.1f %%, files %+.1f %%; throughput %+.1f %%"
            .formatted(
                recoveries,
                100 * growth(jobManager, ProcessSize::heapBytes),
                100 * growth(jobManager, ProcessSize::residentBytes),
                100 * growth(jobManager, ProcessSize::openFiles),
                100 * growth(taskManager, ProcessSize::heapBytes),
                100 * growth(taskManager, ProcessSize::residentBytes),
                100 * growth(taskManager, ProcessSize::openFiles),
                100 * throughputGrowth()));
    workload.assertSameBytes(output);
    if (jobManager.size() >= 8) { // with fewer there is nothing to compare
      for (List<ProcessSize> sizes : List.of(jobManager, taskManager)) {
        assertThat(growth(sizes, ProcessSize::heapBytes)).as("%s", sizes).isLessThan(FLAT);
        assertThat(growth(sizes, ProcessSize::residentBytes)).as("%s", sizes).isLessThan(FLAT);
        assertThat(growth(sizes, ProcessSize::openFiles)).as("%s", sizes).isLessThan(FLAT);
      }
      assertThat(throughputGrowth()).as("%s", answeredBytes).isGreaterThan(-FLAT);
    }
  }

  /**
   * How much more it is in the last third than in the third before it; the first one is warm-up.
   */
  private static double growth(List<ProcessSize> sizes, ToLongFunction<ProcessSize> what) {
    List<Long> values = sizes.stream().map(what::applyAsLong).toList();
    return median(values, 2) / median(values, 1) - 1;
  }

  private double throughputGrowth() {
    List<Long> perInterval = new ArrayList<>();
    for (int i = 1; i < answeredBytes.size(); i++) {
      perInterval.add(answeredBytes.get(i) - answeredBytes.get(i - 1));
    }
    return median(perInterval, 2) / median(perInterval, 1) - 1;
  }

  /** Of the first, second or third third. */
  private static double median(List<Long> values, int third) {
    int size = values.size();
    List<Long> sorted =
        values.subList(size * third / 3, size * (third + 1) / 3).stream().sorted().toList();
    return sorted.isEmpty() ? Double.NaN : sorted.get(sorted.size() / 2);
  }
}
