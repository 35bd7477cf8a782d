package io.headstream.job.app.options;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * A local folder that belongs to one running job at a time, until the lock is closed or the JVM
 * ends in whatever way.
 */
public final class FolderLock implements AutoCloseable {
  /** The file that is locked; it lies in the folder as long as the folder is in use. */
  static final String FILE = "_lock";

  private final Path file;
  private final FileChannel channel;

  private FolderLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes a folder.
   *
   * @param folder a local folder that is there
   * @return the lock; empty if another job has the folder
   * @throws IOException if the folder cannot be written to
   */
  public static Optional<FolderLock> take(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    while (true) {
      Object before = key(file); // null: not there
      FileChannel channel;
      try {
        channel =
            FileChannel.open(
                file,
                StandardOpenOption.WRITE,
                before == null ? StandardOpenOption.CREATE_NEW : StandardOpenOption.APPEND);
      } catch (FileAlreadyExistsException | NoSuchFileException e) {
        if (!Files.isDirectory(folder)) {
          throw e;
        }
        continue; // made or deleted by another job just now
      }
      Object opened = before == null ? key(file) : before;
      if (!tryLock(channel)) {
        channel.close();
        return Optional.empty();
      }
      // The one who had it before may have deleted the file: then the lock is on nothing.
      if (opened != null && opened.equals(key(file))) {
        return Optional.of(new FolderLock(file, channel));
      }
      channel.close();
    }
  }

  /** What tells a file from a later one of the same name; null if there is none. */
  private static Object key(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false; // another job of this JVM has it
    }
  }

  /** Gives the folder back. */
  @Override
  public void close() throws IOException {
    try {
      Files.deleteIfExists(file);
    } finally {
      channel.close();
    }
  }
}
