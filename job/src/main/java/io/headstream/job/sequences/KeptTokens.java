package io.headstream.job.sequences;

import io.headstream.job.records.Token;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.MetricGroup;

/**
 * Counts what an operator keeps in keyed state, which Flink itself does not tell: {@code
 * openSequences} and {@code stateBytes} in the metric group {@code attention}.
 *
 * <p>The counts are part of a snapshot. After a rescale a subtask may go on with another's, so that
 * one alone may even be negative; their sum is right.
 */
final class KeptTokens {
  /** Of a token beside its floats and texts: its key, its numbers, the lengths. */
  private static final int OVERHEAD_BYTES = 100;

  private final ListState<Long> storedSequences;
  private final ListState<Long> storedBytes;
  private long sequences;
  private long bytes;

  /** Takes up the counts of a snapshot, where there is one. */
  KeptTokens(OperatorStateStore store) throws Exception {
    storedSequences = store.getListState(new ListStateDescriptor<>("open-sequences", Types.LONG));
    storedBytes = store.getListState(new ListStateDescriptor<>("kept-bytes", Types.LONG));
    for (long count : storedSequences.get()) {
      sequences += count;
    }
    for (long count : storedBytes.get()) {
      bytes += count;
    }
  }

  void register(MetricGroup group) {
    group.gauge("openSequences", () -> sequences);
    registerBytes(group);
  }

  /** Of an operator that keeps tokens and knows no sequences. */
  void registerBytes(MetricGroup group) {
    group.gauge("stateBytes", () -> bytes);
  }

  void snapshot() throws Exception {
    storedSequences.update(List.of(sequences));
    storedBytes.update(List.of(bytes));
  }

  void begin() {
    sequences++;
  }

  void end() {
    sequences--;
  }

  void keep(Token token) {
    bytes += bytes(token);
  }

  void drop(Token token) {
    bytes -= bytes(token);
  }

  /** About what a token takes. */
  static long bytes(Token token) {
    long texts = token.sequenceId().length() + token.source().length();
    texts += token.label() == null ? 0 : token.label().length();
    return OVERHEAD_BYTES + texts + (long) Float.BYTES * token.embedding().length;
  }
}
