package io.headstream.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A TaskManager is alone for longer than its heartbeat, {@code -De2e.cuts} times, and then comes
 * back, while the job has gone on without it: cut off the network (needs root), or frozen whole, so
 * that it wakes with no idea of the time that has passed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NetworkCutE2E {
  private static final int CUTS = Integer.getInteger("e2e.cuts", 1);
  private static final Duration HEARTBEAT =
      Duration.ofSeconds(Long.getLong("e2e.heartbeat.seconds", 10));

  private static NetworkNamespace network;

  @RegisterExtension
  static final ClusterExtension EXTENSION =
      new ClusterExtension(2)
          .with(StandaloneCluster.RESTART_ALWAYS)
          .with(Map.of("heartbeat.timeout", HEARTBEAT.toSeconds() + " s"))
          .with(
              folder -> {
                assumeTrue(NetworkNamespace.permitted(), "no right to make a network namespace");
                network = NetworkNamespace.create();
                return new ClusterExtension.Companion(
                    network,
                    Map.of(
                        "jobmanager.rpc.address", network.outside(),
                        "jobmanager.bind-host", network.outside(),
                        "taskmanager.host", network.outside(),
                        "taskmanager.bind-host", network.outside()));
              });

  private StandaloneCluster cluster;
  private Workload workload;
  private Path answers;

  @BeforeAll
  void writeFiles() throws Exception {
    cluster = EXTENSION.cluster();
    cluster.startTaskManager(
        network.prefix(),
        Map.of("taskmanager.host", network.inside(), "taskmanager.bind-host", network.inside()));
    workload = new Workload(EXTENSION.newFolder("files"));
    answers = EXTENSION.newFolder("answers");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cut off the network", "frozen"})
  void whoComesBackAnswersNothingTwice(String fault) throws Exception {
    FlinkProcess alone = cluster.taskManagers().get(2);
    boolean frozen = fault.equals("frozen");
    cluster.paceToLast(workload.inputBytes(), HEARTBEAT.multipliedBy(6L * CUTS));
    Path output = answers.resolve(fault.replace(' ', '-'));
    String job = cluster.submit(4, workload.options("paced", "sequence", output)).jobId();
    SplittableRandom random = new SplittableRandom(ClusterExtension.SEED);
    Recoveries recoveries = new Recoveries();
    for (int i = 1; i <= CUTS; i++) {
      cluster.awaitRunning(job, 0);
      cluster.awaitCheckpoint(job);
      Await.moment(Duration.ofMillis(random.nextLong(1_000)));
      assertThat(cluster.rest().state(job)).isEqualTo("RUNNING");
      EXTENSION.timeline().note("%s is %s, %d of %d", alone.name(), fault, i, CUTS);
      long moment = System.currentTimeMillis();
      if (frozen) {
        alone.signal("STOP");
      } else {
        network.cut();
      }
      cluster.awaitTaskManagers(2);
      cluster.awaitRunning(job, moment);
      recoveries.add(System.currentTimeMillis() - moment);
      // The others answer now what it was to answer; and it, too, has noticed, if it is awake.
      Await.moment(HEARTBEAT.multipliedBy(2));
      EXTENSION.timeline().note("%s is back", alone.name());
      if (frozen) {
        alone.signal("CONT");
      } else {
        network.mend();
      }
      cluster.awaitTaskManagers(3);
    }
    assertThat(alone.isAlive()).isTrue();
    assertThat(cluster.rest().restored(job)).isPositive();
    cluster.pace(0);
    cluster.awaitFinished(job);
    Results.add(
        "A TaskManager %s, then back".formatted(fault),
        "%d × longer than three heartbeat timeouts, while the others go on".formatted(CUTS),
        workload,
        workload.difference(output),
        recoveries.toString());
    workload.assertSameBytes(output);
  }
}
