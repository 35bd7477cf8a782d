package io.headstream.job.app.source;

import io.headstream.job.observe.DeadLetterOutput;
import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.ReadRecord;
import io.headstream.job.records.Token;
import java.io.IOException;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Hands on the tokens of what was read, each with its embedding; dead letters go to {@link
 * DeadLetterOutput#TAG}.
 *
 * <p>Counts tokens in the accumulator {@link #TOKENS_READ} and the metric {@code
 * attention.tokensRead}.
 */
public final class EmbedTokens extends ProcessFunction<ReadRecord, Token> {
  private static final long serialVersionUID = 1L;

  /** The name of the accumulator that counts tokens. */
  public static final String TOKENS_READ = "tokens-read";

  private final TokenEmbedding embedding;
  private transient LongCounter tokensRead;
  private transient Counter tokens;
  private transient DeadLetterOutput deadLetters;

  /** The operator's function, with what gives embeddings. */
  public EmbedTokens(TokenEmbedding embedding) {
    this.embedding = embedding;
  }

  @Override
  public void open(OpenContext context) throws IOException {
    embedding.open(getRuntimeContext());
    tokensRead = getRuntimeContext().getLongCounter(TOKENS_READ);
    tokens = getRuntimeContext().getMetricGroup().addGroup("attention").counter("tokensRead");
    deadLetters = new DeadLetterOutput(getRuntimeContext());
  }

  @Override
  public void close() {
    embedding.close();
  }

  @Override
  public void processElement(ReadRecord record, Context context, Collector<Token> out) {
    if (record.content() instanceof DeadLetter letter) {
      deadLetters.emit(letter, context::output);
      return;
    }
    embedding.embed(
        record,
        token -> {
          tokensRead.add(1L);
          tokens.inc();
          out.collect(token);
        });
  }
}
