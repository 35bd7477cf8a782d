package io.headstream.job.app.output;

import java.util.regex.Pattern;
import org.apache.flink.api.common.serialization.Encoder;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.functions.sink.filesystem.OutputFileConfig;
import org.apache.flink.streaming.api.functions.sink.filesystem.bucketassigners.BasePathBucketAssigner;
import org.apache.flink.streaming.api.functions.sink.filesystem.rollingpolicies.OnCheckpointRollingPolicy;

/** A folder of part files. */
public final class OutputFiles {
  private static final String PREFIX = "part";
  private static final String SUFFIX = ".jsonl";
  private static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
  private static final String NAME = PREFIX + "-" + UUID + "-[0-9]+" + Pattern.quote(SUFFIX);
  private static final Pattern FINISHED = Pattern.compile(NAME);
  private static final Pattern UNFINISHED =
      Pattern.compile("\\." + NAME + "\\.inprogress\\." + UUID);

  private OutputFiles() {}

  /**
   * A sink that writes each record exactly once into files {@code part-*.jsonl} right below a
   * folder.
   *
   * <p>Each checkpoint finishes the files that are open; until then their names begin with {@code
   * .part}. Without checkpoints only a bounded input's end finishes them.
   *
   * @param folder on any Flink file system that can take back what is not committed
   * @param encoder writes one record as a line
   */
  public static <T> FileSink<T> sink(Path folder, Encoder<T> encoder) {
    return FileSink.forRowFormat(folder, encoder)
        .withRollingPolicy(OnCheckpointRollingPolicy.build())
        .withBucketAssigner(new BasePathBucketAssigner<>())
        .withOutputFileConfig(
            OutputFileConfig.builder().withPartPrefix(PREFIX).withPartSuffix(SUFFIX).build())
        .build();
  }

  /** Whether a file of this name was written, and finished, by a {@link #sink}. */
  public static boolean isFinished(String name) {
    return FINISHED.matcher(name).matches();
  }

  /** Whether a file of this name is one that a {@link #sink} has not finished, or never will. */
  public static boolean isUnfinished(String name) {
    return UNFINISHED.matcher(name).matches();
  }
}
