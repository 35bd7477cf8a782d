package io.headstream.job.app.options;

import io.headstream.job.app.output.OutputFiles;
import io.headstream.job.app.source.RecordReader;
import io.headstream.job.app.source.TokenFiles;
import io.headstream.job.records.ReadRecord;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.util.regex.Pattern;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.fs.UnsupportedFileSystemSchemeException;

/** A place in a file system that an option names. */
public record FileLocation(String option, Path path) implements Place {
  // One letter before the colon is no scheme, and a local name may hold a colon anywhere.
  private static final Pattern URI_WITH_SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:/.*");

  /**
   * The place that a user means: a URI with a scheme, or else a local name as the shell knows it.
   */
  static FileLocation of(String option, String text) {
    try {
      if (URI_WITH_SCHEME.matcher(text).matches()) {
        return new FileLocation(option, new Path(text));
      }
      String local = local(text).toString();
      if (local.indexOf('\\') >= 0) {
        throw UsageException.unexpected(
            option, text, "a name without a backslash, which Flink takes for a slash");
      }
      return new FileLocation(option, new Path("file", null, local));
    } catch (IllegalArgumentException | IOException e) {
      throw UsageException.unexpected(
          option, text, "the name of a file or folder (" + e.getMessage() + ")");
    }
  }

  /**
   * The absolute local path. All but its last name is followed through symbolic links, because
   * Flink takes {@code link/..} out of a path without looking where the link leads.
   */
  private static java.nio.file.Path local(String text) throws IOException {
    try {
      java.nio.file.Path absolute = java.nio.file.Path.of(text).toAbsolutePath();
      java.nio.file.Path name = absolute.getFileName();
      if (name == null || name.toString().equals(".") || name.toString().equals("..")) {
        return real(absolute);
      }
      return real(absolute.getParent()).resolve(name);
    } catch (InvalidPathException e) {
      throw new IOException(e.getReason(), e);
    }
  }

  /** The path without symbolic links, as far as it exists. */
  private static java.nio.file.Path real(java.nio.file.Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      java.nio.file.Path parent = path.getParent();
      return parent == null ? path : real(parent).resolve(path.getFileName()).normalize();
    }
  }

  /** The name as an error shows it: local ones without their scheme. */
  String shown() {
    return isLocal() ? path.getPath() : path.toString();
  }

  boolean isLocal() {
    return "file".equals(path.toUri().getScheme());
  }

  /** The local path; only if {@link #isLocal}. */
  java.nio.file.Path toLocal() {
    return java.nio.file.Path.of(path.getPath());
  }

  @Override
  public Source<ReadRecord, ?, ?> source(Options options, RecordReader reader) throws IOException {
    return TokenFiles.source(path, reader);
  }

  @Override
  public <T> Sink<T> sink(WrittenRecords<T> records, Topics topics) {
    return OutputFiles.sink(path, records.lines());
  }

  @Override
  public Place ofDeadLetters() {
    // Not Path.suffix, which takes a name with a colon for one with a scheme.
    URI uri = path.toUri();
    String beside = uri.getPath() + DEAD_LETTERS_SUFFIX;
    return new FileLocation(option, new Path(uri.getScheme(), uri.getAuthority(), beside));
  }

  @Override
  public String text() {
    return path.toString();
  }

  /** What is there, or null for nothing. */
  FileStatus status() {
    try {
      FileSystem fileSystem = path.getFileSystem();
      return fileSystem.exists(path) ? fileSystem.getFileStatus(path) : null;
    } catch (UnsupportedFileSystemSchemeException e) {
      // Its own message is a page about plugins.
      throw unusable("a file system that this Flink has", null);
    } catch (IOException e) {
      throw unusable("a place that can be reached", e);
    }
  }

  /** Whether this is the other place or lies somewhere below it. */
  boolean within(FileLocation other) {
    if (isLocal() && other.isLocal()) {
      return real(toLocal()).startsWith(real(other.toLocal()));
    }
    return (path + "/").startsWith(other.path + "/");
  }

  /** Makes sure that there is a folder and that files can be made in it. */
  void createFolder() {
    try {
      FileStatus status = status();
      if (status != null && !status.isDir()) {
        throw UsageException.unexpected(option, shown(), "a folder; a file is in the way");
      }
      if (!path.getFileSystem().mkdirs(path)) {
        throw unusable("a folder that can be made", null);
      }
    } catch (IOException e) {
      throw unusable("a folder that can be made", e);
    }
    if (isLocal() && !Files.isWritable(toLocal())) {
      throw unusable("a folder that can be written to", null);
    }
  }

  UsageException unusable(String expected, IOException cause) {
    String why = cause == null ? "" : " (" + reason(cause) + ")";
    return UsageException.unexpected(option, shown(), expected + why);
  }

  private static String reason(IOException e) {
    // The JDK's file system exceptions say only the name, and the reason apart from it.
    if (e instanceof FileSystemException failure && failure.getReason() != null) {
      return failure.getReason();
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
