package io.headstream.job.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * The folders for answers and dead letters, before the job writes into them.
 *
 * @param output null for stdout
 * @param deadLetters null for stderr
 */
record OutputFolders(FileLocation output, FileLocation deadLetters) {

  /** Refuses an output folder with something in it. */
  void checkEmpty() {
    if (output != null && output.status() != null && hasContent(output, output.path())) {
      throw UsageException.unexpected(
          "--output",
          output.shown(),
          "an empty folder, or --overwrite, which empties it of part files");
    }
  }

  /** Refuses to empty a folder in which there is anything but part files. */
  void checkOnlyPartFiles() {
    for (FileLocation folder : existing()) {
      partFiles(folder, folder.path(), new ArrayList<>());
    }
  }

  /** Empties the folders, or leaves both as they are if there is anything but part files. */
  void empty() {
    List<Path> all = new ArrayList<>();
    for (FileLocation folder : existing()) {
      partFiles(folder, folder.path(), all);
    }
    for (Path path : all) {
      try {
        // Never recursively: what came in between is not ours.
        path.getFileSystem().delete(path, false);
      } catch (IOException e) {
        throw new UsageException("--overwrite: cannot delete " + path + ": " + e.getMessage());
      }
    }
  }

  /** Makes the folders that are not there yet. */
  void create() {
    for (FileLocation folder : new FileLocation[] {output, deadLetters}) {
      if (folder != null) {
        folder.createFolder();
      }
    }
  }

  private List<FileLocation> existing() {
    List<FileLocation> folders = new ArrayList<>();
    for (FileLocation folder : new FileLocation[] {output, deadLetters}) {
      if (folder != null && folder.status() != null) {
        folders.add(folder);
      }
    }
    return folders;
  }

  /**
   * Whether there is a finished file; names that begin with . or _ are leftovers of a killed run.
   */
  private static boolean hasContent(FileLocation folder, Path path) {
    for (FileStatus status : list(folder, path)) {
      String name = status.getPath().getName();
      boolean leftover = name.startsWith(".") || name.startsWith("_");
      if (!leftover && (!status.isDir() || hasContent(folder, status.getPath()))) {
        return true;
      }
    }
    return false;
  }

  /** Adds all part files and subfolders, what is inside before what it is in. */
  private static void partFiles(FileLocation folder, Path path, List<Path> found) {
    for (FileStatus status : list(folder, path)) {
      Path child = status.getPath();
      boolean link =
          folder.isLocal() && Files.isSymbolicLink(java.nio.file.Path.of(child.getPath()));
      if (status.isDir() && !link) {
        partFiles(folder, child, found);
      } else if (link || !child.getName().matches("\\.?part-.*")) {
        throw new UsageException(
            "--overwrite: found "
                + (folder.isLocal() ? child.getPath() : child)
                + ", expected nothing but part files in "
                + folder.shown()
                + "; nothing was deleted");
      }
      found.add(child);
    }
  }

  private static FileStatus[] list(FileLocation folder, Path path) {
    try {
      FileSystem fileSystem = path.getFileSystem();
      FileStatus[] children = fileSystem.listStatus(path);
      return children == null ? new FileStatus[0] : children;
    } catch (IOException e) {
      throw folder.unusable("a folder that can be read", e);
    }
  }
}
