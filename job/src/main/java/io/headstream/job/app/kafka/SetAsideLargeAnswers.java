package io.headstream.job.app.kafka;

import io.headstream.job.app.json.TokenFormat;
import io.headstream.job.app.json.TokenJson;
import io.headstream.job.observe.DeadLetterOutput;
import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.RawRecord;
import io.headstream.job.records.Reason;
import io.headstream.job.records.Token;
import java.util.stream.Stream;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Hands on the answers that a topic takes. A larger one is a dead letter of the reason {@link
 * Reason#TOO_LARGE}, with its beginning: sent, it would fail the job for ever. It is taken off the
 * answers again, in the accumulator and, as a count below 0 of this operator's own, in the metric
 * {@code attention.tokensAnswered}, so that both add up to what the topic got.
 */
public final class SetAsideLargeAnswers extends ProcessFunction<Token, Token> {
  private static final long serialVersionUID = 1L;

  /** The longest float, {@code -1.17549435E-38}, and a comma. */
  private static final int MAX_BYTES_PER_FLOAT = 16;

  /** A control character as JSON: {@code \\u0001}. */
  private static final int MAX_BYTES_PER_CHARACTER = 6;

  /** Position, timestamp, {@code true}, and the punctuation of all fields. */
  private static final int MAX_BYTES_BETWEEN = 128;

  private final TokenFormat format;
  private final RecordBound bound;
  private final long nameCharacters;
  private transient DeadLetterOutput deadLetters;
  private transient LongCounter tokensAnswered;
  private transient Counter tokens;

  /** For answers in a format, to a topic with a bound. */
  public SetAsideLargeAnswers(TokenFormat format, RecordBound bound) {
    this.format = format;
    this.bound = bound;
    this.nameCharacters =
        Stream.of(
                format.sequenceId(),
                format.position(),
                format.base64Embedding(),
                format.label(),
                format.timestamp(),
                format.last())
            .mapToLong(String::length)
            .sum();
  }

  @Override
  public void open(OpenContext context) {
    deadLetters = new DeadLetterOutput(getRuntimeContext());
    tokensAnswered = getRuntimeContext().getLongCounter("tokens-answered");
    tokens = getRuntimeContext().getMetricGroup().addGroup("attention").counter("tokensAnswered");
  }

  @Override
  public void processElement(Token token, Context context, Collector<Token> out) {
    if (surelyFits(token)) {
      out.collect(token);
      return;
    }
    byte[] record = TokenJson.bytes(token, format);
    if (bound.fits(AnswerRecords.key(token.sequenceId()).length, record.length)) {
      out.collect(token);
      return;
    }
    // Who computed the answer has counted it.
    tokensAnswered.add(-1);
    tokens.dec();
    String detail = "answer has " + record.length + " bytes, the topic takes " + bound.maxBytes();
    RawRecord beginning = new RawRecord(record, token.source(), record.length).beginning();
    deadLetters.emit(
        new DeadLetter(Reason.TOO_LARGE, detail, token.sequenceId(), beginning), context::output);
  }

  /** Spares writing nearly every answer twice. */
  private boolean surelyFits(Token token) {
    long characters = token.label() == null ? 0 : token.label().length();
    characters += 2L * token.sequenceId().length(); // in the key, too
    return bound.fits(
        0,
        MAX_BYTES_BETWEEN
            + (long) MAX_BYTES_PER_FLOAT * token.embedding().length
            + MAX_BYTES_PER_CHARACTER * (characters + nameCharacters));
  }
}
