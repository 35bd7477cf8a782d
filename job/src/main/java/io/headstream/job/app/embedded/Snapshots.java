package io.headstream.job.app.embedded;

import io.headstream.job.app.options.FolderLock;
import io.headstream.job.app.options.UsageException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.util.FileUtils;

/**
 * The checkpoints and savepoints in the folder of {@code --checkpoints}, which belongs to one
 * running job at a time.
 *
 * <p>Flink writes {@code <job>/chk-<n>/_metadata} and {@code savepoint-<x>/_metadata}, the metadata
 * last and at one stroke: where it is, the snapshot is complete.
 */
final class Snapshots implements AutoCloseable {
  private static final String METADATA = "_metadata";

  private final Path folder;
  private final FolderLock lock;

  private Snapshots(Path folder, FolderLock lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /** Takes the folder for this JVM until it is closed, or until the JVM ends in whatever way. */
  static Snapshots take(Path folder) {
    try {
      Files.createDirectories(folder);
      FolderLock lock =
          FolderLock.take(folder)
              .orElseThrow(
                  () ->
                      UsageException.unexpected(
                          "--checkpoints",
                          folder,
                          "a folder that no other running job checkpoints into"));
      return new Snapshots(folder, lock);
    } catch (IOException e) {
      throw UsageException.unexpected(
          "--checkpoints", folder, "a folder that can be written to (" + e + ")");
    }
  }

  /**
   * The snapshot that was completed last, by its number: a clock may have been set back.
   *
   * @throws UsageException if one is damaged; an older one would answer again what is answered
   */
  Optional<Path> newest() {
    return complete().stream().max(Comparator.comparing(Snapshots::number));
  }

  /**
   * Deletes every snapshot but one, also those that were never completed. A killed run leaves some
   * that nobody owns any more, and once the job is done the next start must not take one of them
   * for its beginning.
   *
   * @param kept null for none
   */
  void deleteAllBut(Path kept) throws IOException {
    for (Path snapshot : all()) {
      if (!snapshot.equals(kept)) {
        // The metadata first, so that a half-deleted snapshot is not taken for a complete one.
        Files.deleteIfExists(snapshot.resolve(METADATA));
        FileUtils.deleteDirectory(snapshot.toFile());
      }
    }
    deleteEmptyFolders();
  }

  /** Flink leaves a job's folder when it has deleted the checkpoints in it. */
  private void deleteEmptyFolders() throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      for (Path job : children.filter(Snapshots::isJobFolder).toList()) {
        for (Path path : List.of(job.resolve("shared"), job.resolve("taskowned"), job)) {
          try {
            Files.deleteIfExists(path);
          } catch (DirectoryNotEmptyException e) {
            // The snapshot that is kept, or what is not ours.
          }
        }
      }
    }
  }

  private static boolean isJobFolder(Path path) {
    return path.getFileName().toString().matches("[0-9a-f]{32}");
  }

  private List<Path> complete() {
    return all().stream().filter(snapshot -> Files.exists(snapshot.resolve(METADATA))).toList();
  }

  private List<Path> all() {
    try (Stream<Path> files =
        Files.find(folder, 2, (path, attributes) -> attributes.isDirectory() && isSnapshot(path))) {
      return files.toList();
    } catch (IOException | UncheckedIOException e) {
      throw unreadable(folder, e);
    }
  }

  private boolean isSnapshot(Path path) {
    return folder
        .relativize(path)
        .toString()
        .matches("[0-9a-f]{32}/chk-[0-9]+|savepoint-[0-9a-f]+-[0-9a-f]+");
  }

  /** Checkpoints and savepoints are counted together, also beyond a restart. */
  private static long number(Path snapshot) {
    try (DataInputStream metadata =
        new DataInputStream(
            new BufferedInputStream(Files.newInputStream(snapshot.resolve(METADATA))))) {
      return Checkpoints.loadCheckpointMetadata(
              metadata, Snapshots.class.getClassLoader(), snapshot.toString())
          .getCheckpointId();
    } catch (IOException | RuntimeException e) {
      throw UsageException.unexpected(
          "--checkpoints",
          snapshot,
          "a checkpoint whose "
              + METADATA
              + " is not damaged ("
              + e
              + "); without this folder the run goes on from the checkpoint before it, if there is"
              + " one, and writes again what it has written since");
    }
  }

  private static UsageException unreadable(Path folder, Exception e) {
    return UsageException.unexpected(
        "--checkpoints", folder, "a folder that can be read (" + e + ")");
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
