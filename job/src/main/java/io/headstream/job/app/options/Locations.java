package io.headstream.job.app.options;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.core.fs.FileStatus;

/**
 * The places that the options name, looked at without changing any of them, and the other files of
 * the job.
 */
public final class Locations {
  private final Places places;
  private final Topics topics;
  private final FileLocation weights; // null: seeded
  private final FileLocation checkpoints; // null: none
  private final TableLocation embeddingTable; // null: none

  private Locations(Options options) {
    places = Places.of(options);
    topics = Topics.of(places, options);
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

  /** Where tokens are read. */
  public Place input() {
    return places.input();
  }

  /** Where answers are written. */
  public Place output() {
    return places.output();
  }

  /** Where dead letters are written. */
  public Place deadLetters() {
    return places.deadLetters();
  }

  /** Where attention weights are written; empty where nobody asks for them. */
  public Optional<Place> attentionWeights() {
    return places.attentionWeights();
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
    return new OutputFolders(places.written(FileLocation.class));
  }

  private void checkInput() {
    FileLocation input = places.input(FileLocation.class).orElse(null);
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
    List<FileLocation> written = places.written(FileLocation.class);
    List<FileLocation> folders = new ArrayList<>(written);
    if (checkpoints != null) {
      folders.add(checkpoints);
    }
    for (FileLocation folder : folders) {
      FileStatus status = folder.status();
      if (status != null && !status.isDir()) {
        throw folder.unusable("a folder; a file is in the way", null);
      }
    }
    if (checkpoints != null && !checkpoints.isLocal()) {
      throw checkpoints.unusable("a local folder", null);
    }
    Optional<FileLocation> input = places.input(FileLocation.class);
    input.ifPresent(read -> written.forEach(folder -> refuseWithin(read, folder)));
    for (FileLocation folder : folders) {
      // A second run would read what the first one wrote.
      input.ifPresent(read -> refuseWithin(folder, read));
      for (FileLocation other : folders) {
        if (other != folder) {
          refuseWithin(folder, other);
        }
      }
    }
  }

  private static void refuseWithin(FileLocation inner, FileLocation outer) {
    if (inner.within(outer)) {
      throw UsageException.unexpected(
          inner.option(),
          inner.shown(),
          "a place outside of " + outer.option() + " " + outer.shown());
    }
  }
}
