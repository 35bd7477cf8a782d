package io.headstream.job.app;

import io.headstream.job.AttentionLayer;
import io.headstream.job.app.kafka.RecordBound;
import io.headstream.job.app.kafka.SetAsideLargeAnswers;
import io.headstream.job.app.kafka.SetAsideLargeWeights;
import io.headstream.job.app.source.EmbedTokens;
import io.headstream.job.app.source.RecordTimes;
import io.headstream.job.app.source.TokenEmbedding;
import io.headstream.job.observe.DeadLetterOutput;
import io.headstream.job.records.AttentionMap;
import io.headstream.job.records.AttentionRecord;
import io.headstream.job.records.AttentionRow;
import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.ReadRecord;
import io.headstream.job.records.Token;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The job: records are read, tokens get their embeddings, the {@link AttentionLayer} answers them,
 * the answers and the dead letters are written.
 *
 * <p>Takes its source and sinks, so that tests run the very job that {@code main} runs.
 */
public final class AttentionJob {
  private final Source<ReadRecord, ?, ?> records;
  private final TokenEmbedding embedding;
  private final AttentionLayer layer;
  private final Sink<Token> answers;
  private final Sink<DeadLetter> deadLetters;
  private WatermarkStrategy<ReadRecord> times = RecordTimes.ofReading();
  private SetAsideLargeAnswers setAside; // null: answers of any size are taken
  private Sink<AttentionMap> attentionMaps; // null: nobody asks for them
  private Sink<AttentionRow> attentionRows; // null: nobody asks for them
  private RecordBound largestWeights; // null: attention weights of any size are taken

  /**
   * A job.
   *
   * @param records where records are read from
   * @param embedding gives tokens the embeddings that their records did not bring
   * @param layer answers the tokens
   * @param answers takes the answered tokens
   * @param deadLetters takes what could not be used
   */
  public AttentionJob(
      Source<ReadRecord, ?, ?> records,
      TokenEmbedding embedding,
      AttentionLayer layer,
      Sink<Token> answers,
      Sink<DeadLetter> deadLetters) {
    this.records = records;
    this.embedding = embedding;
    this.layer = layer;
    this.answers = answers;
    this.deadLetters = deadLetters;
  }

  private AttentionJob(AttentionJob other) {
    this(other.records, other.embedding, other.layer, other.answers, other.deadLetters);
    this.times = other.times;
    this.setAside = other.setAside;
    this.attentionMaps = other.attentionMaps;
    this.attentionRows = other.attentionRows;
    this.largestWeights = other.largestWeights;
  }

  /** This job with watermarks, as {@link RecordTimes} makes them. */
  public AttentionJob withTimes(WatermarkStrategy<ReadRecord> other) {
    AttentionJob copy = new AttentionJob(this);
    copy.times = other;
    return copy;
  }

  /** This job with answers that are not taken set aside as dead letters. */
  AttentionJob withLargestAnswer(SetAsideLargeAnswers step) {
    AttentionJob copy = new AttentionJob(this);
    copy.setAside = step;
    return copy;
  }

  /** This job with attention weights that are not taken set aside as dead letters. */
  AttentionJob withLargestAttentionWeights(RecordBound bound) {
    AttentionJob copy = new AttentionJob(this);
    copy.largestWeights = bound;
    return copy;
  }

  /** This job with a place for the attention maps of a layer that answers whole sequences. */
  public AttentionJob withAttentionMaps(Sink<AttentionMap> maps) {
    AttentionJob copy = new AttentionJob(this);
    copy.attentionMaps = maps;
    return copy;
  }

  /** This job with a place for the attention rows of a layer that answers token by token. */
  public AttentionJob withAttentionRows(Sink<AttentionRow> rows) {
    AttentionJob copy = new AttentionJob(this);
    copy.attentionRows = rows;
    return copy;
  }

  /** Puts the job into an environment, ready to be executed. */
  public void build(StreamExecutionEnvironment env) {
    if (env.getMaxParallelism() <= 0) {
      env.setMaxParallelism(AttentionLayer.DEFAULT_MAX_PARALLELISM);
    }
    Configuration configuration = new Configuration();
    // A type that would fall to Kryo by accident is an error here, not a slow job there.
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    // Records are immutable and nobody fills one twice, so operators in a chain may share them.
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    env.configure(configuration);
    env.setBufferTimeout(AttentionLayer.FLUSH_MILLIS); // no record waits for the next one

    SingleOutputStreamOperator<Token> tokens =
        env.fromSource(records, times, "Read token records")
            .uid("read-records")
            .process(new EmbedTokens(embedding))
            .name("Embed tokens")
            .uid("embed-tokens");
    AttentionLayer.Answered answered = layer.apply(tokens);
    if (setAside != null) {
      answered = withoutLargeAnswers(answered);
    }
    answered.tokens().sinkTo(answers).name("Write answers").uid("write-answers");
    DataStream<DeadLetter> unusable =
        tokens.getSideOutput(DeadLetterOutput.TAG).union(answered.deadLetters());
    if (attentionMaps != null) {
      unusable = write(answered.attentionMaps(), attentionMaps, "attention-weights", unusable);
    }
    if (attentionRows != null) {
      unusable = write(answered.attentionRows(), attentionRows, "attention-rows", unusable);
    }
    unusable.sinkTo(deadLetters).name("Write dead letters").uid("write-dead-letters");
  }

  /** Writes attention weights; gives the dead letters, with those that are not taken. */
  private <T extends AttentionRecord> DataStream<DeadLetter> write(
      DataStream<T> weights, Sink<T> sink, String uid, DataStream<DeadLetter> unusable) {
    DataStream<T> taken = weights;
    DataStream<DeadLetter> letters = unusable;
    if (largestWeights != null) {
      SingleOutputStreamOperator<T> bounded =
          weights
              .process(new SetAsideLargeWeights<T>(largestWeights), weights.getType())
              .name("Set aside attention weights too large for the topic")
              .uid("set-aside-large-" + uid);
      letters = unusable.union(bounded.getSideOutput(DeadLetterOutput.TAG));
      taken = bounded;
    }
    taken.sinkTo(sink).name("Write attention weights").uid("write-" + uid);
    return letters;
  }

  private AttentionLayer.Answered withoutLargeAnswers(AttentionLayer.Answered answered) {
    SingleOutputStreamOperator<Token> taken =
        answered
            .tokens()
            .process(setAside)
            .name("Set aside answers too large for the topic")
            .uid("set-aside-large-answers");
    return new AttentionLayer.Answered(
        taken,
        answered.deadLetters().union(taken.getSideOutput(DeadLetterOutput.TAG)),
        answered.attentionMaps(),
        answered.attentionRows());
  }
}
