package io.headstream.job.output;

import org.apache.flink.api.common.serialization.Encoder;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.functions.sink.filesystem.OutputFileConfig;
import org.apache.flink.streaming.api.functions.sink.filesystem.bucketassigners.BasePathBucketAssigner;
import org.apache.flink.streaming.api.functions.sink.filesystem.rollingpolicies.OnCheckpointRollingPolicy;

/** A folder of part files. */
public final class OutputFiles {
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
            OutputFileConfig.builder().withPartPrefix("part").withPartSuffix(".jsonl").build())
        .build();
  }
}
