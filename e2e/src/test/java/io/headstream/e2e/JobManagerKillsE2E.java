package io.headstream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * JobManager and TaskManagers die by {@code kill -9} in any order, each {@code
 * -De2e.jobmanager.kills} times, under {@code conf/high-availability.yaml} and a ZooKeeper server.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JobManagerKillsE2E {
  private static final int KILLS = Integer.getInteger("e2e.jobmanager.kills", 2);

  @RegisterExtension
  static final ClusterExtension EXTENSION =
      new ClusterExtension(2)
          .with("high-availability.yaml")
          .with(StandaloneCluster.RESTART_ALWAYS)
          .with(
              folder -> {
                ZooKeeper server = ZooKeeper.start(folder.resolve("zookeeper"));
                return new ClusterExtension.Companion(
                    server,
                    Map.of(
                        "high-availability.zookeeper.quorum",
                        server.quorum(),
                        "high-availability.storageDir",
                        folder.resolve("high-availability").toUri().toString()));
              });

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
  void aKilledJobManagerTakesTheJobUpAgain(String mode) throws Exception {
    cluster.paceToLast(workload.inputBytes(), Strikes.GAP.multipliedBy(2L * KILLS));
    Path output = answers.resolve(mode);
    Submission job = cluster.submit(4, workload.options("paced", mode, output));
    cluster.awaitRunning(job.jobId(), 0);
    SplittableRandom random = new SplittableRandom(ClusterExtension.SEED);
    Strikes strikes = new Strikes(cluster, job.jobId(), EXTENSION.timeline(), random);
    for (boolean jobManager : victims()) {
      if (jobManager) {
        strikes.strike("kill -9 of the JobManager", cluster::killJobManager);
      } else {
        int victim = random.nextInt(2);
        strikes.strike("kill -9 of TaskManager " + victim, () -> cluster.killTaskManager(victim));
      }
    }
    strikes.awaitRunning();
    cluster.pace(0);
    cluster.awaitFinished(job);
    Results.add(
        "JobManager and TaskManagers killed, %s mode".formatted(mode),
        "%d × `kill -9` of the JobManager, %d of TaskManagers".formatted(KILLS, KILLS),
        workload,
        workload.difference(output),
        strikes.recoveries().toString());
    workload.assertSameBytes(output);
    assertThat(strikes.recoveries().count()).isEqualTo(2 * KILLS);
  }

  /** As many JobManagers (true) as TaskManagers, mixed. */
  private static List<Boolean> victims() {
    List<Boolean> victims = new ArrayList<>(Collections.nCopies(KILLS, true));
    victims.addAll(Collections.nCopies(KILLS, false));
    Collections.shuffle(victims, new Random(ClusterExtension.SEED));
    return victims;
  }
}
