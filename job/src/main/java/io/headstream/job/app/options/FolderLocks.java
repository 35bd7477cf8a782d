package io.headstream.job.app.options;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The folders that a run writes into, made and locked: another run that is given one of them at the
 * same time is refused, before it empties or deletes what is not its own.
 */
public final class FolderLocks implements AutoCloseable {
  private final Deque<FolderLock> locks = new ArrayDeque<>();
  private final Deque<Path> made = new ArrayDeque<>();

  private FolderLocks() {}

  /**
   * Makes the folders that are not there yet and takes all of them.
   *
   * @throws UsageException if another run has one of them, or one cannot be made or written to
   */
  static FolderLocks take(List<FileLocation> folders) throws IOException {
    FolderLocks taken = new FolderLocks();
    try {
      for (FileLocation folder : folders) {
        taken.take(folder);
      }
      return taken;
    } catch (Throwable e) {
      taken.close();
      throw e;
    }
  }

  private void take(FileLocation folder) throws IOException {
    boolean there = folder.status() != null;
    folder.createFolder();
    if (!folder.isLocal()) {
      return; // other file systems have no lock that dies with its process
    }
    if (!there) {
      made.push(folder.toLocal());
    }
    locks.push(
        FolderLock.take(folder.toLocal())
            .orElseThrow(
                () ->
                    UsageException.unexpected(
                        folder.option(),
                        folder.shown(),
                        "a folder that no other running job writes into")));
  }

  /** Gives the folders back; those that were made for nothing go. */
  @Override
  public void close() throws IOException {
    for (FolderLock lock : locks) {
      lock.close();
    }
    for (Path folder : made) {
      try {
        Files.deleteIfExists(folder);
      } catch (DirectoryNotEmptyException e) {
        // It is of use.
      }
    }
  }
}
