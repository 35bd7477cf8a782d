package io.headstream.job.source;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.enumerate.NonSplittingRecursiveEnumerator;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * Finds the files of an input, all of a folder and below it but those whose name, or whose folder's
 * name, begins with {@code .} or {@code _}. The input itself may be called as it likes.
 */
final class VisibleFiles extends NonSplittingRecursiveEnumerator {
  private final String root;

  VisibleFiles(Path root) {
    this.root = root.getPath();
  }

  @Override
  protected void addSplitsForPath(
      FileStatus status, FileSystem fileSystem, ArrayList<FileSourceSplit> splits)
      throws IOException {
    Path path = status.getPath();
    if (!path.getPath().equals(root) && hidden(path.getName())) {
      return;
    }
    if (!status.isDir()) {
      convertToSourceSplits(status, fileSystem, splits);
      return;
    }
    for (FileStatus child : children(path, fileSystem)) {
      addSplitsForPath(child, fileSystem, splits);
    }
  }

  private static boolean hidden(String name) {
    return name.startsWith(".") || name.startsWith("_");
  }

  /** Lists a local folder without Flink, which fails there on a name with a colon. */
  private static FileStatus[] children(Path folder, FileSystem fileSystem) throws IOException {
    if (!"file".equals(fileSystem.getUri().getScheme())) {
      return fileSystem.listStatus(folder);
    }
    String[] names = new File(folder.getPath()).list();
    if (names == null) {
      throw new IOException("folder " + folder.getPath() + " cannot be listed");
    }
    Arrays.sort(names);
    FileStatus[] children = new FileStatus[names.length];
    for (int i = 0; i < names.length; i++) {
      children[i] = fileSystem.getFileStatus(new Path(folder + "/" + names[i]));
    }
    return children;
  }
}
