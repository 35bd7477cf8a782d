package io.headstream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.PartFiles;
import io.headstream.job.Sequences;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Weights travel with the job: only who submits it has to have the file. */
class ShippedWeightsE2E {
  @RegisterExtension static final ClusterExtension EXTENSION = new ClusterExtension(0);

  @Test
  void taskManagersThatNeverSawTheFileAttendWithItsWeights() throws Exception {
    StandaloneCluster cluster = EXTENSION.cluster();
    Path folder = EXTENSION.newFolder("files");
    Sequences sequences = new Sequences(ClusterExtension.SEED, 20, 16, 32, 4);
    Path weights = sequences.writeWeights(folder.resolve("layer.safetensors"));
    Path input = Sequences.write(sequences.interleaved(), folder.resolve("input"), 1);
    Path output = folder.resolve("answers");
    Submission submission =
        cluster.submit(
            4,
            "--input",
            input.toString(),
            "--output",
            output.toString(),
            "--weights",
            weights.toString(),
            "--heads",
            "4",
            "--head-groups",
            "4");
    Files.delete(weights);
    EXTENSION.timeline().note("the weights are deleted");
    // Nobody could have read the file until now.
    cluster.startTaskManagers(2);
    cluster.awaitFinished(submission);
    assertThat(PartFiles.sortedAnswers(output))
        .as("seed %d", ClusterExtension.SEED)
        .isEqualTo(sequences.libraryAnswers(false));
  }
}
