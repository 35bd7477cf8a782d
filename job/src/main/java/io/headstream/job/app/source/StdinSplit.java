package io.headstream.job.app.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * All of stdin, which is one split.
 *
 * @param lines how many lines a checkpoint has behind it
 */
record StdinSplit(long lines) implements SourceSplit {

  @Override
  public String splitId() {
    return "stdin";
  }

  /** Writes the count of lines. */
  static final class Serializer implements SimpleVersionedSerializer<StdinSplit> {
    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(StdinSplit split) {
      return ByteBuffer.allocate(Long.BYTES).putLong(split.lines()).array();
    }

    @Override
    public StdinSplit deserialize(int version, byte[] bytes) throws IOException {
      if (version != 1 || bytes.length != Long.BYTES) {
        throw new IOException(
            "split of stdin has version " + version + " and " + bytes.length + " bytes");
      }
      return new StdinSplit(ByteBuffer.wrap(bytes).getLong());
    }
  }
}
