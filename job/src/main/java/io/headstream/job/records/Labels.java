package io.headstream.job.records;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** Writes and reads the labels of tokens, of which any may be null: their count, then each. */
final class Labels {
  /** The most labels for which room is made because a count says so. */
  private static final int TRUSTED_COUNT = 1024;

  private Labels() {}

  static void write(List<String> labels, DataOutputView target) throws IOException {
    target.writeInt(labels.size());
    for (String label : labels) {
      StringValue.writeString(label, target);
    }
  }

  static List<String> read(DataInputView source) throws IOException {
    int count = source.readInt();
    if (count < 0) {
      throw new IOException("a list of labels says that its length is " + count);
    }
    List<String> labels = new ArrayList<>(Math.min(count, TRUSTED_COUNT));
    for (int i = 0; i < count; i++) {
      labels.add(StringValue.readString(source));
    }
    return Collections.unmodifiableList(labels);
  }
}
