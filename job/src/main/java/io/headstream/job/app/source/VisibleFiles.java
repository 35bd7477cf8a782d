package io.headstream.job.app.source;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.enumerate.NonSplittingRecursiveEnumerator;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the files of an input, all of a folder and below it but those whose name, or whose folder's
 * name, begins with {@code .} or {@code _}. The input itself may be called as it likes. Links are
 * followed, but not to where they come from; those that lead nowhere are left out.
 */
final class VisibleFiles extends NonSplittingRecursiveEnumerator {
  private static final Logger LOG = LoggerFactory.getLogger(VisibleFiles.class);

  private final String root;

  /** The folders from the root to where the search is. */
  private final Deque<String> within = new ArrayDeque<>();

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
    // Of a local folder the name without links, so that a link back is found at its first step.
    String folder =
        local(fileSystem) ? new File(path.getPath()).getCanonicalPath() : path.getPath();
    if (within.contains(folder)) {
      LOG.warn("{} leads back to {}, which is read already", path.getPath(), folder);
      return;
    }
    within.push(folder);
    try {
      for (FileStatus child : children(path, fileSystem)) {
        addSplitsForPath(child, fileSystem, splits);
      }
    } finally {
      within.pop();
    }
  }

  private static boolean hidden(String name) {
    return name.startsWith(".") || name.startsWith("_");
  }

  /** Lists a local folder without Flink, which fails there on a name with a colon. */
  private static List<FileStatus> children(Path folder, FileSystem fileSystem) throws IOException {
    if (!local(fileSystem)) {
      return List.of(fileSystem.listStatus(folder));
    }
    String[] names = new File(folder.getPath()).list();
    if (names == null) {
      throw new IOException("folder " + folder.getPath() + " cannot be listed");
    }
    Arrays.sort(names);
    List<FileStatus> children = new ArrayList<>();
    for (String name : names) {
      if (hidden(name)) {
        continue;
      }
      File child = new File(folder.getPath(), name);
      if (name.indexOf('\\') >= 0) {
        // Flink would read it as a slash: another file, or none.
        throw new IOException(child + " has a backslash in its name, which Flink cannot open");
      }
      if (leadsNowhere(child)) {
        LOG.warn("{} is a link that leads nowhere", child);
      } else {
        children.add(fileSystem.getFileStatus(new Path(folder + "/" + name)));
      }
    }
    return children;
  }

  private static boolean leadsNowhere(File file) {
    try {
      return !file.exists() && Files.isSymbolicLink(file.toPath());
    } catch (InvalidPathException e) {
      return false; // a name that this locale cannot write is no reason to leave a file out
    }
  }

  private static boolean local(FileSystem fileSystem) {
    return "file".equals(fileSystem.getUri().getScheme());
  }
}
