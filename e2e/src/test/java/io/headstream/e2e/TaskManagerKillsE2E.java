package io.headstream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * TaskManagers die by {@code kill -9} at random moments, {@code -De2e.kills} times in each mode.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TaskManagerKillsE2E {
  private static final int KILLS = Integer.getInteger("e2e.kills", 3);

  @RegisterExtension
  static final ClusterExtension EXTENSION =
      new ClusterExtension(2).with(StandaloneCluster.RESTART_ALWAYS);

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
  @ValueSource(strings = {"sequence", "token"})
  void killedTaskManagersLeaveNoTrace(String mode) throws Exception {
    Path undisturbed = answers.resolve("undisturbed-" + mode);
    cluster.awaitFinished(cluster.submit(4, workload.options("file", mode, undisturbed)));
    workload.assertSameBytes(undisturbed);

    cluster.paceToLast(workload.inputBytes(), Strikes.GAP.multipliedBy(KILLS));
    Path disturbed = answers.resolve("disturbed-" + mode);
    Submission job = cluster.submit(4, workload.options("paced", mode, disturbed));
    cluster.awaitRunning(job.jobId(), 0);
    SplittableRandom random = new SplittableRandom(ClusterExtension.SEED);
    Strikes strikes = new Strikes(cluster, job.jobId(), EXTENSION.timeline(), random);
    for (int i = 1; i <= KILLS; i++) {
      int victim = random.nextInt(2);
      strikes.strike(
          "kill -9 of TaskManager %d, %d of %d".formatted(victim, i, KILLS),
          () -> cluster.killTaskManager(victim));
    }
    strikes.awaitRunning();
    assertThat(cluster.rest().restored(job.jobId())).isPositive();
    cluster.pace(0);
    cluster.awaitFinished(job);
    Results.add(
        "TaskManagers killed, %s mode".formatted(mode),
        "%d × `kill -9`".formatted(KILLS),
        workload,
        workload.difference(disturbed),
        strikes.recoveries().toString());
    workload.assertSameBytes(disturbed);
    assertThat(strikes.recoveries().count()).isEqualTo(KILLS);
  }
}
