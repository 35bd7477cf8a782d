package io.headstream.job.app.options;

import io.headstream.job.app.output.OutputFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * The folders for answers, dead letters and attention weights, before the job writes into them and
 * after.
 *
 * @param all those that the job writes
 */
public record OutputFolders(List<FileLocation> all) {

  /** Refuses a folder with something in it but what a killed run of ours did not finish. */
  public void checkEmpty() {
    for (FileLocation folder : existing()) {
      for (FileStatus status : list(folder, folder.path())) {
        if (!unfinished(folder, status)) {
          throw UsageException.unexpected(
              folder.option(),
              folder.shown(),
              "an empty folder, or --overwrite, which empties it of part files (it holds "
                  + shown(folder, status.getPath())
                  + ")");
        }
      }
    }
  }

  /** Refuses to empty a folder in which there is anything but part files. */
  public void checkOnlyPartFiles() {
    partFiles();
  }

  /** Empties the folders, or leaves all as they are if there is anything but part files. */
  public void empty() {
    for (Path path : partFiles()) {
      try {
        // Never recursively: what came in between is not ours.
        path.getFileSystem().delete(path, false);
      } catch (IOException e) {
        throw new UsageException("--overwrite: cannot delete " + path + ": " + e.getMessage());
      }
    }
  }

  /** Makes the folders that are not there yet. */
  public void create() {
    all.forEach(FileLocation::createFolder);
  }

  /**
   * Makes the folders that are not there yet, and keeps other runs out of all of them.
   *
   * @return what gives them back
   * @throws UsageException if another run has one of them, or one cannot be made or written to
   */
  public FolderLocks lock() throws IOException {
    return FolderLocks.take(all);
  }

  /**
   * Deletes what killed runs did not finish. Only for when the job is done: before, it may still
   * need a file to go on from.
   */
  public void deleteUnfinished() throws IOException {
    for (FileLocation folder : existing()) {
      for (FileStatus status : list(folder, folder.path())) {
        if (unfinished(folder, status)) {
          status.getPath().getFileSystem().delete(status.getPath(), false);
        }
      }
    }
  }

  private List<FileLocation> existing() {
    return all.stream().filter(folder -> folder.status() != null).toList();
  }

  private List<Path> partFiles() {
    List<Path> found = new ArrayList<>();
    for (FileLocation folder : existing()) {
      addPartFiles(folder, folder.path(), found);
    }
    return found;
  }

  /**
   * Adds all part files, and the subfolders that hold some; what is inside before what it is in. An
   * empty subfolder is somebody else's, since no run of ours leaves one.
   */
  private static void addPartFiles(FileLocation folder, Path path, List<Path> found) {
    for (FileStatus status : list(folder, path)) {
      Path child = status.getPath();
      int before = found.size();
      if (status.isDir() && !isLink(folder, child)) {
        addPartFiles(folder, child, found);
      } else if (isOurs(folder, status)) {
        found.add(child);
        continue;
      }
      if (found.size() == before) {
        throw new UsageException(
            "--overwrite: found "
                + shown(folder, child)
                + ", expected nothing but part files in "
                + folder.shown()
                + "; nothing was deleted");
      }
      found.add(child);
    }
  }

  private static boolean isOurs(FileLocation folder, FileStatus status) {
    return unfinished(folder, status)
        || isFile(folder, status) && OutputFiles.isFinished(status.getPath().getName());
  }

  private static boolean unfinished(FileLocation folder, FileStatus status) {
    return isFile(folder, status) && OutputFiles.isUnfinished(status.getPath().getName());
  }

  private static boolean isFile(FileLocation folder, FileStatus status) {
    return !status.isDir() && !isLink(folder, status.getPath());
  }

  private static boolean isLink(FileLocation folder, Path path) {
    return folder.isLocal() && Files.isSymbolicLink(java.nio.file.Path.of(path.getPath()));
  }

  private static String shown(FileLocation folder, Path path) {
    return folder.isLocal() ? path.getPath() : path.toString();
  }

  private static FileStatus[] list(FileLocation folder, Path path) {
    try {
      FileSystem fileSystem = path.getFileSystem();
      FileStatus[] children = fileSystem.listStatus(path);
      return Stream.ofNullable(children)
          .flatMap(Stream::of)
          .filter(child -> !child.getPath().getName().equals(FolderLock.FILE))
          .toArray(FileStatus[]::new);
    } catch (IOException e) {
      throw folder.unusable("a folder that can be read", e);
    }
  }
}
