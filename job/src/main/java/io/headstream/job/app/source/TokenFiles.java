package io.headstream.job.app.source;

import io.headstream.job.records.RawRecord;
import java.io.IOException;
import org.apache.flink.connector.file.src.FileSource;
import org.apache.flink.core.fs.Path;

/** A bounded source of the lines of a file, or of all files in a folder and below it. */
public final class TokenFiles {
  private TokenFiles() {}

  /**
   * The lines that are not blank, each as {@code FILE:LINE}; several files are read in parallel.
   *
   * <p>Below a folder, files and folders whose names begin with {@code .} or {@code _} are left
   * out: Flink writes what is not finished under such names.
   *
   * @param input a file or a folder on any Flink file system
   * @param maxRecordBytes of a longer line only the first {@link RawRecord#KEPT_BYTES} are kept
   * @throws IOException when the path's file system is not known or cannot be reached
   */
  public static FileSource<RawRecord> source(Path input, int maxRecordBytes) throws IOException {
    Path root = input.makeQualified(input.getFileSystem());
    return FileSource.forBulkFileFormat(new LineFormat(root, maxRecordBytes), root)
        .setFileEnumerator(() -> new VisibleFiles(root))
        .build();
  }
}
