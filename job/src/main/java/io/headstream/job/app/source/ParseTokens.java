package io.headstream.job.app.source;

import io.headstream.job.observe.DeadLetterOutput;
import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.RawRecord;
import io.headstream.job.records.Reason;
import io.headstream.job.records.Token;
import java.io.IOException;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Makes tokens of records as they were read; what cannot be used goes to {@link
 * DeadLetterOutput#TAG}.
 *
 * <p>Counts tokens in the accumulator {@link #TOKENS_READ} and the metric {@code
 * attention.tokensRead}.
 */
public final class ParseTokens extends ProcessFunction<RawRecord, Token> {
  /** The name of the accumulator that counts tokens. */
  public static final String TOKENS_READ = "tokens-read";

  private final TokenParser parser;
  private final int maxRecordBytes;
  private transient LongCounter tokensRead;
  private transient Counter tokens;
  private transient DeadLetterOutput deadLetters;

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
  public void open(OpenContext context) throws IOException {
    parser.open(getRuntimeContext());
    tokensRead = getRuntimeContext().getLongCounter(TOKENS_READ);
    tokens = getRuntimeContext().getMetricGroup().addGroup("attention").counter("tokensRead");
    deadLetters = new DeadLetterOutput(getRuntimeContext());
  }

  @Override
  public void close() {
    parser.close();
  }

  @Override
  public void processElement(RawRecord record, Context context, Collector<Token> out) {
    if (record.tooLarge() || record.sizeBytes() - record.markBytes() > maxRecordBytes) {
      reject(tooLarge(record), context);
      return;
    }
    parser.parse(
        record,
        token -> {
          tokensRead.add(1L);
          tokens.inc();
          out.collect(token);
        },
        letter -> reject(letter, context));
  }

  private void reject(DeadLetter letter, Context context) {
    deadLetters.emit(letter, context::output);
  }

  private DeadLetter tooLarge(RawRecord record) {
    String detail =
        "record has " + record.sizeBytes() + " bytes, max-record-bytes is " + maxRecordBytes;
    RawRecord beginning = record.beginning();
    return new DeadLetter(Reason.TOO_LARGE, detail, parser.sequenceId(beginning), beginning);
  }
}
