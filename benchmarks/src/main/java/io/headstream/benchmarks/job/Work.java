package io.headstream.benchmarks.job;

import io.headstream.job.AttentionLayer;
import io.headstream.job.AttentionSettings;
import io.headstream.job.app.output.AttentionMapEncoder;
import io.headstream.job.app.output.AttentionRowEncoder;
import io.headstream.job.observe.AttentionSample;
import io.headstream.job.records.Block;
import io.headstream.job.records.Token;
import java.util.List;
import java.util.ServiceLoader;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;

/** The pipelines that are measured, from the sequences in memory to the sink. */
final class Work {
  static final long SEED = 3;

  private Work() {}

  /** The source emits whole sequences. */
  static void sequences(
      StreamExecutionEnvironment env,
      Shape shape,
      AttentionSettings settings,
      AttentionSample sample) {
    AttentionLayer.Answered answered =
        AttentionLayer.seeded(SEED, settings)
            .withAttentionMaps(sample)
            .applyToSequences(wholeSequences(env, shape));
    answered.tokens().sinkTo(new MeasuredSink(false)).name("Discard");
    if (!sample.isNone()) {
      answered.attentionMaps().sinkTo(new EncodingSink<>(new AttentionMapEncoder()));
    }
  }

  /** As {@link #sequences}, with a peer in the place of our layer. */
  static void peer(StreamExecutionEnvironment env, String mode, Shape shape) {
    PeerLayer peer =
        ServiceLoader.load(PeerLayer.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(layer -> layer.modes().contains(mode))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no mode " + mode));
    wholeSequences(env, shape)
        .flatMap(peer.attend(mode, shape, SEED))
        .returns(TypeInformation.of(Token.class))
        .sinkTo(new MeasuredSink(false))
        .name("Discard");
  }

  /** The source emits single tokens, which travel by key and are collected. */
  static void tokens(StreamExecutionEnvironment env, Shape shape, AttentionSettings settings) {
    DataStream<Token> tokens =
        env.fromSequence(0, Long.MAX_VALUE - 1)
            .flatMap(new Tokens(shape))
            .returns(TypeInformation.of(Token.class));
    AttentionLayer.Answered answered = AttentionLayer.seeded(SEED, settings).apply(tokens);
    answered.tokens().sinkTo(new MeasuredSink(false)).name("Discard");
  }

  /** Many sequences that never end, a token each in turn, answered from what is kept of them. */
  static void endless(
      StreamExecutionEnvironment env,
      Shape shape,
      AttentionSettings settings,
      int each,
      AttentionSample sample) {
    DataStream<Token> tokens =
        env.fromSequence(0, Long.MAX_VALUE - 1)
            .map(new EndlessTokens(shape, each))
            .returns(TypeInformation.of(Token.class));
    AttentionSettings tokenMode = settings.withTokenMode().withMaxLength(shape.length());
    AttentionLayer.Answered answered =
        AttentionLayer.seeded(SEED, tokenMode).withAttentionMaps(sample).apply(tokens);
    answered.tokens().sinkTo(new MeasuredSink(true)).name("Discard");
    if (!sample.isNone()) {
      answered.attentionRows().sinkTo(new EncodingSink<>(new AttentionRowEncoder()));
    }
  }

  static DataStream<Block> wholeSequences(StreamExecutionEnvironment env, Shape shape) {
    return env.fromSequence(0, Long.MAX_VALUE - 1)
        .map(new Whole(shape))
        .returns(TypeInformation.of(Block.class));
  }

  private static final class Whole extends RichMapFunction<Long, Block> {
    private static final long serialVersionUID = 1L;

    private final Shape shape;
    private transient List<Block> sequences;
    private transient int first;
    private transient int own;

    Whole(Shape shape) {
      this.shape = shape;
    }

    @Override
    public void open(OpenContext context) {
      sequences = Sequences.of(shape);
      // Each subtask has its own, so that one is not on its way twice.
      own = sequences.size() / getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
      first = own * getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
    }

    @Override
    public Block map(Long index) {
      int number = first + (int) (index % own);
      Meter.send(number);
      Block sequence = sequences.get(number);
      return Block.ofSequence(sequence.sequenceId(), sequence.tokens());
    }
  }

  private static final class EndlessTokens extends RichMapFunction<Long, Token> {
    private static final long serialVersionUID = 1L;

    private final Shape shape;
    private final int each; // sequences of a subtask
    private transient float[][] embeddings;
    private transient int first; // of this subtask's own sequences
    private transient long sent;

    EndlessTokens(Shape shape, int each) {
      this.shape = shape;
      this.each = each;
    }

    @Override
    public void open(OpenContext context) {
      first = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() * each;
      embeddings = Sequences.embeddings(shape);
    }

    @Override
    public Token map(Long index) {
      int number = first + (int) (sent % each);
      int position = (int) (sent / each);
      float[] embedding = embeddings[(int) (sent % embeddings.length)];
      sent++;
      Meter.send(number);
      return Token.of(Integer.toString(number), position, embedding, false);
    }
  }

  private static final class Tokens extends RichFlatMapFunction<Long, Token> {
    private static final long serialVersionUID = 1L;

    private final Shape shape;
    private transient List<Block> sequences;

    Tokens(Shape shape) {
      this.shape = shape;
    }

    @Override
    public void open(OpenContext context) {
      sequences = Sequences.of(shape);
    }

    /** Each subtask sends sequences of its own, so that an ID is not open twice. */
    @Override
    public void flatMap(Long index, Collector<Token> out) {
      int subtasks = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
      int own = sequences.size() / subtasks;
      int subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
      int number = subtask * own + (int) (index % own);
      Meter.send(number);
      for (Token token : sequences.get(number).tokens()) {
        out.collect(token);
      }
    }
  }
}
