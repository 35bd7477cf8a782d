package io.headstream.e2e.paced;

import java.io.IOException;
import java.net.URI;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.fs.local.LocalFileSystem;

/**
 * The local files under {@code paced:/PATH}, read and written as slowly as a test wants it: an
 * input that lasts while faults happen, or a checkpoint store that is too slow. Nothing else is
 * different.
 */
final class PacedFileSystem extends LocalFileSystem {
  private final Pace reading;
  private final Pace writing;

  PacedFileSystem(Pace reading, Pace writing) {
    this.reading = reading;
    this.writing = writing;
  }

  @Override
  public URI getUri() {
    return URI.create(PacedFileSystemFactory.SCHEME + ":/");
  }

  @Override
  public FSDataInputStream open(Path path) throws IOException {
    return new PacedInputStream(super.open(path), reading);
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    return open(path);
  }

  @Override
  public FSDataOutputStream create(Path path, FileSystem.WriteMode overwrite) throws IOException {
    return new PacedOutputStream(super.create(path, overwrite), writing);
  }
}
