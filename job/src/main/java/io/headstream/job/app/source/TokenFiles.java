package io.headstream.job.app.source;

import io.headstream.job.records.ReadRecord;
import java.io.IOException;
import org.apache.flink.connector.file.src.FileSource;
import org.apache.flink.core.fs.Path;

/** A bounded source of the lines of a file, or of all files in a folder and below it. */
public final class TokenFiles {
  private TokenFiles() {}

  /**
   * What the lines that are not blank are, each as {@code FILE:LINE}; several files are read in
   * parallel.
   *
   * <p>Below a folder, files and folders whose names begin with {@code .} or {@code _} are left
   * out: Flink writes what is not finished under such names.
   *
   * @param input a file or a folder on any Flink file system
   * @param reader reads each line
   * @throws IOException when the path's file system is not known or cannot be reached
   */
  public static FileSource<ReadRecord> source(Path input, RecordReader reader) throws IOException {
    Path root = input.makeQualified(input.getFileSystem());
    return FileSource.forBulkFileFormat(new LineFormat(root, reader), root)
        .setFileEnumerator(() -> new VisibleFiles(root))
        .build();
  }
}
