package io.headstream.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The checkpoint store is full, read-only or too slow, or the disk of the answers is full: the job
 * says so, and goes on once the cause is gone. Needs root, for disks that are small.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DiskFaultsE2E {
  private static SmallDisk store;
  private static SmallDisk answers;

  @RegisterExtension
  static final ClusterExtension EXTENSION =
      new ClusterExtension(2)
          .with(StandaloneCluster.RESTART_ALWAYS)
          .with(Map.of("execution.checkpointing.timeout", "10 s"))
          .with(
              folder -> {
                assumeTrue(SmallDisk.permitted(), "no right to mount a disk");
                store = SmallDisk.mount(folder.resolve("store"), 256);
                return new ClusterExtension.Companion(
                    store,
                    Map.of(
                        "execution.checkpointing.dir", "paced:" + store.folder() + "/checkpoints"));
              })
          .with(
              folder -> {
                answers = SmallDisk.mount(folder.resolve("answers"), 256);
                return new ClusterExtension.Companion(answers, new HashMap<>());
              });

  private StandaloneCluster cluster;
  private Workload workload;

  @BeforeAll
  void writeFiles() throws Exception {
    cluster = EXTENSION.cluster();
    workload = new Workload(EXTENSION.newFolder("files"));
  }

  @Test
  void aFullCheckpointStore() throws Exception {
    outlives(
        "full", "A full checkpoint store", store::fill, "No space left on device", store::free);
  }

  @Test
  void aCheckpointStoreThatCannotBeWritten() throws Exception {
    outlives(
        "read-only",
        "A read-only checkpoint store",
        store::forbidWriting,
        "Read-only file system",
        store::allowWriting);
  }

  @Test
  void aCheckpointStoreThatIsTooSlow() throws Exception {
    outlives(
        "slow",
        "A checkpoint store of 1 KB a second",
        () -> cluster.paceWrites(1_000),
        "Checkpoint expired before completing",
        () -> cluster.paceWrites(0));
  }

  @Test
  void aFullDiskUnderTheAnswers() throws Exception {
    outlives(
        "no-room",
        "A full disk under the answers",
        answers::fill,
        "No space left on device",
        answers::free);
  }

  private void outlives(
      String name, String promise, Strikes.Fault breakIt, String complaint, Strikes.Fault mendIt)
      throws Exception {
    Path output = answers.folder().resolve(name);
    cluster.pace(workload.inputBytes() / 120 / 2);
    String job = cluster.submit(4, workload.options("paced", "sequence", output)).jobId();
    cluster.awaitRunning(job, 0);
    cluster.awaitCheckpoint(job);
    try {
      cluster.awaitComplaint(complaint, breakIt);
      assertThat(cluster.rest().state(job)).isNotEqualTo("FINISHED");
    } finally {
      mendIt.happen();
    }
    EXTENSION.timeline().note("mended: %s", promise);
    long mended = System.currentTimeMillis();
    cluster.awaitCheckpoint(job);
    long recovered = System.currentTimeMillis() - mended;
    cluster.pace(0);
    cluster.awaitFinished(job);
    Results.add(
        promise,
        "until the job says “%s”, then mended".formatted(complaint),
        workload,
        workload.difference(output),
        "next checkpoint after %.1f s".formatted(recovered / 1e3));
    workload.assertSameBytes(output);
  }
}
