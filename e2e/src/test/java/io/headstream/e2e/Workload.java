package io.headstream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.PartFiles;
import io.headstream.job.Sequences;
import io.headstream.job.app.json.TokenJson;
import io.headstream.job.records.Token;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Random sequences as input files, the options to attend over them, and what must come out. Their
 * tokens are interleaved, so that at any moment many sequences are half read; the size is set by
 * {@code -De2e.sequences} and {@code -De2e.length}, the greatest length.
 */
final class Workload {
  private static final int SEQUENCES = Integer.getInteger("e2e.sequences", 400);
  private static final int LENGTH = Integer.getInteger("e2e.length", 100);
  private static final int MODEL_DIM = 32;
  private static final int HEADS = 4;
  private static final int FILES = 8;

  private final Path folder;
  private final Path weights;
  private final List<String> expected;
  private final long inputBytes;

  /** Writes the files into a folder of its own; all sequences are half read at the same time. */
  Workload(Path folder) throws IOException {
    this(folder, SEQUENCES);
  }

  /** With so many sequences open at a time: they end as steadily as they begin. */
  Workload(Path folder, int open) throws IOException {
    this.folder = folder;
    Sequences sequences = new Sequences(ClusterExtension.SEED, SEQUENCES, LENGTH, MODEL_DIM, HEADS);
    weights = sequences.writeWeights(folder.resolve("layer.safetensors"));
    inputBytes = write(sequences.interleaved(open), Files.createDirectory(folder.resolve("input")));
    expected = sequences.libraryAnswers(true);
  }

  /** Each sequence in one file, as token mode wants it to be deterministic. */
  private static long write(List<Token> tokens, Path input) throws IOException {
    long bytes = 0;
    List<OutputStream> files = new ArrayList<>();
    for (int i = 0; i < FILES; i++) {
      Path file = input.resolve("tokens-%d.jsonl".formatted(i));
      files.add(new BufferedOutputStream(Files.newOutputStream(file)));
    }
    for (Token token : tokens) {
      byte[] line = TokenJson.bytes(token);
      OutputStream file = files.get(Math.floorMod(token.sequenceId().hashCode(), FILES));
      file.write(line);
      file.write('\n');
      bytes += line.length + 1;
    }
    for (OutputStream file : files) {
      file.close();
    }
    return bytes;
  }

  int tokens() {
    return expected.size();
  }

  /** How much there is to read. */
  long inputBytes() {
    return inputBytes;
  }

  /**
   * Headstream's options.
   *
   * @param scheme {@code file} or {@code paced}
   * @param mode of the job, {@code sequence} or {@code token}
   */
  String[] options(String scheme, String mode, Path output) {
    return new String[] {
      "--input",
      scheme + ":" + folder.resolve("input"),
      "--output",
      output.toString(),
      "--weights",
      weights.toString(),
      "--heads",
      String.valueOf(HEADS),
      "--head-groups",
      "2",
      "--mode",
      mode,
      "--mask",
      "causal"
    };
  }

  /** How much of a run's answers is committed. */
  static long committedBytes(Path output) throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.walk(output)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (file.getFileName().toString().startsWith("part-")) {
          bytes += Files.size(file);
        }
      }
    }
    return bytes;
  }

  /** Compares with what the library answers without Flink; nothing may be a dead letter. */
  Difference difference(Path output) {
    assertThat(PartFiles.lines(output.resolveSibling(output.getFileName() + "-dead-letters")))
        .as("dead letters, seed %d", ClusterExtension.SEED)
        .isEmpty();
    return Difference.between(expected, PartFiles.lines(output));
  }

  /** That a run's committed bytes are the library's, each once. */
  void assertSameBytes(Path output) {
    assertThat(difference(output)).as("seed %d", ClusterExtension.SEED).isEqualTo(Difference.NONE);
    assertThat(PartFiles.sortedAnswers(output)).isEqualTo(expected);
  }

  @Override
  public String toString() {
    return "%,d sequences, %,d tokens".formatted(SEQUENCES, tokens());
  }
}
