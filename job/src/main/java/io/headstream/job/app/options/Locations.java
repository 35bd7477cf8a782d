package io.headstream.job.app.options;

import java.nio.file.Files;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.Path;

/**
 * The files, folders and Kafka topics that the options name, checked without changing any of them.
 *
 * <p>Where the output is a folder and no other is named, dead letters go to the folder beside it.
 */
public final class Locations {
  private static final String DEAD_LETTERS_SUFFIX = "-dead-letters";

  private final Topics topics;
  private final FileLocation input; // null: stdin, or a topic
  private final FileLocation output; // null: stdout, or a topic
  private final FileLocation deadLetters; // null: stderr, or a topic
  private final FileLocation attentionWeights; // null: nobody asks for them, or a topic
  private final FileLocation weights; // null: seeded
  private final FileLocation checkpoints; // null: none
  private final TableLocation embeddingTable; // null: none

  private Locations(Options options) {
    topics = Topics.of(options);
    input =
        options.fromStdin() || topics.input().isPresent()
            ? null
            : FileLocation.of("--input", options.input());
    output =
        topics.output().isPresent()
            ? null
            : options.output().map(uri -> FileLocation.of("--output", uri)).orElse(null);
    deadLetters =
        topics.deadLetters().isPresent()
            ? null
            : options
                .deadLetters()
                .map(uri -> FileLocation.of("--dead-letters", uri))
                .orElse(output == null ? null : output.beside(DEAD_LETTERS_SUFFIX));
    attentionWeights =
        topics.attentionWeights().isPresent()
            ? null
            : options
                .attentionWeights()
                .map(uri -> FileLocation.of("--attention-weights", uri))
                .orElse(null);
    weights = options.weights().map(file -> FileLocation.of("--weights", file)).orElse(null);
    embeddingTable = options.embeddingTable().map(TableLocation::of).orElse(null);
    checkpoints =
        options.checkpoints().map(dir -> FileLocation.of("--checkpoints", dir)).orElse(null);
  }

  /**
   * The places that the options name.
   *
   * @throws UsageException if the input is not there or cannot be read, a file is where a folder
   *     has to be, one place lies within another that it has to be apart from, or a topic is not
   *     there or its cluster cannot be reached
   */
  public static Locations of(Options options) {
    Locations locations = new Locations(options);
    locations.checkInput();
    locations.checkFolders();
    locations.topics.look();
    return locations;
  }

  /** The Kafka topics that are read and written. */
  public Topics topics() {
    return topics;
  }

  /** The file or folder to read; null for stdin or a topic. */
  public Path input() {
    return input == null ? null : input.path();
  }

  /** The folder for the answers; null for stdout or a topic. */
  public Path output() {
    return output == null ? null : output.path();
  }

  /** The folder for the dead letters; null for stderr or a topic. */
  public Path deadLetters() {
    return deadLetters == null ? null : deadLetters.path();
  }

  /** The folder for attention weights; null where nobody asks for them, or for a topic. */
  public Path attentionWeights() {
    return attentionWeights == null ? null : attentionWeights.path();
  }

  /** The local weights file; null for seeded weights. */
  public java.nio.file.Path weights() {
    return weights == null ? null : weights.toLocal();
  }

  /** The local embedding table; null for none. */
  public TableLocation embeddingTable() {
    return embeddingTable;
  }

  /** The local folder for checkpoints; null for none. */
  public java.nio.file.Path checkpoints() {
    return checkpoints == null ? null : checkpoints.toLocal();
  }

  /**
   * Makes the folders that the job writes to where they are not there yet.
   *
   * @throws UsageException if one cannot be made or written to
   */
  public void createFolders() {
    folders().create();
  }

  /** The folders that the job writes to. */
  public OutputFolders folders() {
    return new OutputFolders(output, deadLetters, attentionWeights);
  }

  private void checkInput() {
    if (input != null) {
      if (input.status() == null) {
        throw input.unusable("a file or folder that is there", null);
      }
      if (input.isLocal() && !Files.isReadable(input.toLocal())) {
        throw input.unusable("a file or folder that can be read", null);
      }
    }
    if (weights != null && !weights.isLocal()) {
      throw weights.unusable("a local file", null);
    }
    if (weights != null && !Files.isRegularFile(weights.toLocal())) {
      throw weights.unusable("a file that is there", null);
    }
  }

  private void checkFolders() {
    FileLocation[] folders = {output, deadLetters, attentionWeights, checkpoints};
    for (FileLocation folder : folders) {
      FileStatus status = folder == null ? null : folder.status();
      if (status != null && !status.isDir()) {
        throw folder.unusable("a folder; a file is in the way", null);
      }
    }
    if (checkpoints != null && !checkpoints.isLocal()) {
      throw checkpoints.unusable("a local folder", null);
    }
    refuseWithin(input, output);
    refuseWithin(input, deadLetters);
    refuseWithin(input, attentionWeights);
    for (FileLocation folder : folders) {
      // A second run would read what the first one wrote.
      refuseWithin(folder, input);
      for (FileLocation other : folders) {
        if (other != folder) {
          refuseWithin(folder, other);
        }
      }
    }
  }

  private static void refuseWithin(FileLocation inner, FileLocation outer) {
    if (inner != null && outer != null && inner.within(outer)) {
      throw UsageException.unexpected(
          inner.option(),
          inner.shown(),
          "a place outside of " + outer.option() + " " + outer.shown());
    }
  }
}
