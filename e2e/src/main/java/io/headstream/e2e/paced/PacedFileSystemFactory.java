package io.headstream.e2e.paced;

import java.net.URI;
import java.nio.file.Path;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystemFactory;

/**
 * Gives Flink the scheme {@code paced}. The JVM's property {@code e2e.pace} names the folder whose
 * files {@code read} and {@code write} hold the paces, in bytes a second and process.
 */
public final class PacedFileSystemFactory implements FileSystemFactory {
  static final String SCHEME = "paced";

  private static final Path FOLDER = Path.of(System.getProperty("e2e.pace", "."));
  private static final PacedFileSystem FILES =
      new PacedFileSystem(new Pace(FOLDER.resolve("read")), new Pace(FOLDER.resolve("write")));

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public FileSystem create(URI uri) {
    return FILES;
  }
}
