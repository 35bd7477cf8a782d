package io.headstream.job.source;

import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.RawRecord;
import io.headstream.job.records.Reason;
import io.headstream.job.records.Token;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Makes tokens of records as they were read; what cannot be used goes to {@link #DEAD_LETTERS}.
 *
 * <p>Counts tokens in the accumulator {@link #TOKENS_READ}, and dead letters in the metrics {@code
 * attention.reason.REASON.deadLetters}.
 */
public final class ParseTokens extends ProcessFunction<RawRecord, Token> {
  /** The side output of records that cannot be used. */
  public static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("dead-letters", TypeInformation.of(DeadLetter.class));

  /** The name of the accumulator that counts tokens. */
  public static final String TOKENS_READ = "tokens-read";

  private final TokenParser parser;
  private final int maxRecordBytes;
  private transient LongCounter tokensRead;
  private transient Map<Reason, Counter> deadLetters;

  /**
   * The operator's function.
   *
   * @param parser reads the format
   * @param maxRecordBytes a longer record is {@link Reason#TOO_LARGE}
   */
  public ParseTokens(TokenParser parser, int maxRecordBytes) {
    this.parser = parser;
    this.maxRecordBytes = maxRecordBytes;
  }

  @Override
  public void open(OpenContext context) {
    tokensRead = new LongCounter();
    getRuntimeContext().addAccumulator(TOKENS_READ, tokensRead);
    MetricGroup metrics = getRuntimeContext().getMetricGroup().addGroup("attention");
    deadLetters = new EnumMap<>(Reason.class);
    for (Reason reason :
        new Reason[] {
          Reason.TOO_LARGE, Reason.MALFORMED, Reason.WRONG_DIMENSION, Reason.NOT_FINITE
        }) {
      deadLetters.put(reason, metrics.addGroup("reason", reason.name()).counter("deadLetters"));
    }
  }

  @Override
  public void processElement(RawRecord record, Context context, Collector<Token> out) {
    if (record.tooLarge() || record.sizeBytes() > maxRecordBytes) {
      reject(tooLarge(record), context);
      return;
    }
    parser.parse(
        record,
        token -> {
          tokensRead.add(1L);
          out.collect(token);
        },
        letter -> reject(letter, context));
  }

  private void reject(DeadLetter letter, Context context) {
    deadLetters.get(letter.reason()).inc();
    context.output(DEAD_LETTERS, letter);
  }

  private DeadLetter tooLarge(RawRecord record) {
    byte[] bytes = record.bytes();
    byte[] beginning =
        bytes.length > RawRecord.KEPT_BYTES ? Arrays.copyOf(bytes, RawRecord.KEPT_BYTES) : bytes;
    String detail =
        "record has " + record.sizeBytes() + " bytes, max-record-bytes is " + maxRecordBytes;
    return new DeadLetter(Reason.TOO_LARGE, detail, record.source(), beginning, record.sizeBytes());
  }
}
