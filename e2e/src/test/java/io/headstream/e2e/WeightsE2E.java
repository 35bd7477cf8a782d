package io.headstream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.attention.weights.AttentionParameters;
import io.headstream.attention.weights.WeightsLayout;
import io.headstream.safetensors.TensorType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What weights cost a TaskManager: once for all its slots, and nothing when the job is over. */
class WeightsE2E {
  private static final int SLOTS = 4;
  private static final Duration LIMIT = Duration.ofMinutes(3);

  /** 4 · 3584² floats are 205.5 MB. */
  private static final int LARGE = 3584;

  private static final long LARGE_BYTES = 4L * LARGE * LARGE * Float.BYTES;

  /** Beside the weights: what a running job keeps, and what classes leave behind. */
  private static final long REST_BYTES = 30_000_000;

  /** 4 · 512² floats. */
  private static final long LAYER_BYTES = 4L * 512 * 512 * Float.BYTES;

  private static final int SUBMITS = 15;

  /** What is kept once is there after so many. */
  private static final int WARM_UP = 5;

  @RegisterExtension
  static final ClusterExtension EXTENSION =
      new ClusterExtension(1)
          .with(
              Map.of(
                  "taskmanager.numberOfTaskSlots", String.valueOf(SLOTS),
                  "taskmanager.memory.process.size", "3g",
                  "state.backend.type", "hashmap"));

  @Test
  void fourSlotsHoldThemOnceAndNobodyHoldsThemWhenTheJobIsOver() throws Exception {
    StandaloneCluster cluster = EXTENSION.cluster();
    Path folder = EXTENSION.newFolder("large");
    runToTheEnd(folder, 64, "first"); // so that Flink's own classes and pools are there
    ProcessSize before = size("before");

    Path weights = weights(folder, LARGE);
    Path input = Files.createDirectory(folder.resolve("input"));
    for (int file = 0; file < SLOTS; file++) {
      Files.writeString(
          input.resolve(file + ".txt"), String.join("\n", Collections.nCopies(1000, "a b")));
    }
    cluster.pace(1); // it is still reading when it is measured
    String job =
        cluster
            .submit(
                SLOTS,
                "--input=paced:" + input,
                "--input-format=text",
                "--heads=4",
                "--head-groups=1",
                "--weights=" + weights,
                "--output=" + folder.resolve("answers"))
            .jobId();
    cluster.awaitRunning(job, 0);
    ProcessSize running = size("with %,d bytes of weights in %d slots", LARGE_BYTES, SLOTS);
    cluster.rest().send("PATCH", "/jobs/" + job + "?mode=cancel", "");
    cluster.rest().end(job, LIMIT);
    cluster.pace(0);
    ProcessSize after = size("after");

    assertThat(running.heapBytes() - before.heapBytes())
        .as("heap of weights in use")
        .isBetween(LARGE_BYTES, LARGE_BYTES + REST_BYTES);
    assertThat(after.heapBytes() - before.heapBytes())
        .as("heap of weights of a job that is over")
        .isLessThan(REST_BYTES / 3);
  }

  @Test
  void jobsInARowLeaveNothing() throws Exception {
    Path folder = EXTENSION.newFolder("small");
    List<Long> heap = new ArrayList<>();
    List<Long> metaspace = new ArrayList<>();
    for (int submit = 0; submit < SUBMITS; submit++) {
      runToTheEnd(folder, 512, "job-" + submit);
      heap.add(size("after job %d", submit).heapBytes());
      metaspace.add(ProcessSize.metaspaceBytes(taskManager()));
      EXTENSION.timeline().note("metaspace %,d bytes", metaspace.get(submit));
    }
    // Ten layers would be 42 MB of heap, and ten class loaders more than that of metaspace.
    assertThat(heap.get(SUBMITS - 1) - heap.get(WARM_UP - 1))
        .as("%s", heap)
        .isLessThan(LAYER_BYTES);
    assertThat(metaspace.get(SUBMITS - 1) - metaspace.get(WARM_UP - 1))
        .as("%s", metaspace)
        .isLessThan(LAYER_BYTES);
  }

  private static void runToTheEnd(Path folder, int modelDim, String name) throws Exception {
    Path weights = weights(folder, modelDim);
    Path input = Files.writeString(folder.resolve(name + ".txt"), "one two three\nfour five\n");
    EXTENSION
        .cluster()
        .awaitFinished(
            EXTENSION
                .cluster()
                .submit(
                    SLOTS,
                    "--input=" + input,
                    "--input-format=text",
                    "--heads=4",
                    "--weights=" + weights,
                    "--output=" + folder.resolve(name)));
  }

  private static Path weights(Path folder, int modelDim) throws Exception {
    Path file = folder.resolve("layer-" + modelDim + ".safetensors");
    if (Files.notExists(file)) {
      AttentionParameters.xavierUniform(modelDim, 4, 4, ClusterExtension.SEED)
          .write(file, "", TensorType.F32, WeightsLayout.PACKED);
    }
    return file;
  }

  private static ProcessSize size(String when, Object... values) throws Exception {
    ProcessSize size = ProcessSize.of(taskManager());
    EXTENSION
        .timeline()
        .note("TaskManager " + when.formatted(values).replace("%", "%%") + ": %s", size);
    return size;
  }

  private static long taskManager() {
    return EXTENSION.cluster().taskManagers().get(0).pid();
  }
}
