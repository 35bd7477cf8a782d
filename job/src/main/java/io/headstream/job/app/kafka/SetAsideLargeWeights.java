package io.headstream.job.app.kafka;

import io.headstream.job.app.json.AttentionRecordJson;
import io.headstream.job.observe.DeadLetterOutput;
import io.headstream.job.records.AttentionMap;
import io.headstream.job.records.AttentionRecord;
import io.headstream.job.records.AttentionRow;
import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.RawRecord;
import io.headstream.job.records.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Hands on the attention weights that a topic takes. Larger ones are a dead letter of the reason
 * {@link Reason#TOO_LARGE}, with their beginning: sent, they would fail the job for ever.
 *
 * @param <T> of which mode
 */
public final class SetAsideLargeWeights<T extends AttentionRecord> extends ProcessFunction<T, T> {
  private static final long serialVersionUID = 1L;

  /** The longest float, {@code -1.17549435E-38}, and a comma. */
  private static final int MAX_BYTES_PER_WEIGHT = 16;

  /** The longest position, and a comma. */
  private static final int MAX_BYTES_PER_KEY = 11;

  /** A control character as JSON: {@code \\u0001}. */
  private static final int MAX_BYTES_PER_CHARACTER = 6;

  /** Quotes and a comma, or {@code null}; of a row the brackets and a comma. */
  private static final int MAX_BYTES_AROUND = 5;

  /** Names of fields, head, position, and the punctuation of all fields. */
  private static final int MAX_BYTES_BETWEEN = 128;

  private final RecordBound bound;
  private transient DeadLetterOutput deadLetters;

  /** For a topic with a bound. */
  public SetAsideLargeWeights(RecordBound bound) {
    this.bound = bound;
  }

  @Override
  public void open(OpenContext context) {
    deadLetters = new DeadLetterOutput(getRuntimeContext());
  }

  @Override
  public void processElement(T weights, Context context, Collector<T> out) {
    // Spares writing nearly all of them twice.
    if (bound.fits(0, mostBytes(weights))) {
      out.collect(weights);
      return;
    }
    Beginning written = new Beginning();
    try {
      AttentionRecordJson.write(weights, written);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // it only counts
    }
    if (bound.fits(AnswerRecords.key(weights.sequenceId()).length, written.size)) {
      out.collect(weights);
      return;
    }
    String detail =
        "attention weights have %d bytes, the topic takes %d"
            .formatted(written.size, bound.maxBytes());
    String source =
        "attention weights of sequence %s, head %d".formatted(weights.sequenceId(), weights.head());
    RawRecord beginning = new RawRecord(written.kept.toByteArray(), source, written.size);
    deadLetters.emit(
        new DeadLetter(Reason.TOO_LARGE, detail, weights.sequenceId(), beginning), context::output);
  }

  /** Of key and value together. */
  private static long mostBytes(AttentionRecord weights) {
    long bytes = MAX_BYTES_BETWEEN + 2L * MAX_BYTES_PER_CHARACTER * weights.sequenceId().length();
    if (weights instanceof AttentionRow row) {
      return bytes + row.weights().length * (long) (MAX_BYTES_PER_WEIGHT + MAX_BYTES_PER_KEY);
    }
    AttentionMap map = (AttentionMap) weights;
    for (String label : map.labels()) {
      bytes += MAX_BYTES_AROUND;
      bytes += label == null ? 0 : (long) MAX_BYTES_PER_CHARACTER * label.length();
    }
    long length = map.length();
    return bytes + length * (length * MAX_BYTES_PER_WEIGHT + MAX_BYTES_AROUND);
  }

  /** Counts what is written and keeps the beginning. */
  private static final class Beginning extends OutputStream {
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private long size;

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      size += length;
      kept.write(bytes, offset, Math.min(length, RawRecord.KEPT_BYTES - kept.size()));
    }
  }
}
