package io.headstream.job.app.source;

import java.io.IOException;
import java.util.List;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Gives the one split to the first reader that asks; its state is whether it still has it. */
final class StdinEnumerator implements SplitEnumerator<StdinSplit, Boolean> {
  private final SplitEnumeratorContext<StdinSplit> context;
  private StdinSplit split;

  StdinEnumerator(SplitEnumeratorContext<StdinSplit> context, boolean hasSplit) {
    this.context = context;
    this.split = hasSplit ? new StdinSplit(0) : null;
  }

  @Override
  public void start() {
    // Readers ask.
  }

  @Override
  public void handleSplitRequest(int subtask, String host) {
    if (split != null) {
      context.assignSplit(split, subtask);
      split = null;
    }
    context.signalNoMoreSplits(subtask);
  }

  @Override
  public void addSplitsBack(List<StdinSplit> splits, int subtask) {
    for (StdinSplit returned : splits) {
      split = returned;
    }
  }

  @Override
  public void addReader(int subtask) {
    // Readers ask.
  }

  @Override
  public Boolean snapshotState(long checkpointId) {
    return split != null;
  }

  @Override
  public void close() {
    // Nothing is open.
  }

  /** Writes one byte. */
  static final class StateSerializer implements SimpleVersionedSerializer<Boolean> {
    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(Boolean hasSplit) {
      return new byte[] {(byte) (hasSplit ? 1 : 0)};
    }

    @Override
    public Boolean deserialize(int version, byte[] bytes) throws IOException {
      if (version != 1 || bytes.length != 1) {
        throw new IOException(
            "state of stdin has version " + version + " and " + bytes.length + " bytes");
      }
      return bytes[0] == 1;
    }
  }
}
