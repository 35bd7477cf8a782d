package io.headstream.job;

import static io.headstream.job.AttentionLayer.FLUSH_MILLIS;

import io.headstream.job.deadletters.DeadLetterOutput;
import io.headstream.job.gather.GatherHeads;
import io.headstream.job.heads.AttendTokens;
import io.headstream.job.heads.AttendTokensInOnePlace;
import io.headstream.job.heads.AttentionMaps;
import io.headstream.job.heads.AttentionRows;
import io.headstream.job.heads.ContextBounds;
import io.headstream.job.heads.FanOutTokens;
import io.headstream.job.heads.TokenSettings;
import io.headstream.job.layer.AttendOptions;
import io.headstream.job.layer.AttentionSample;
import io.headstream.job.layer.LayerWeights;
import io.headstream.job.records.HeadBlock;
import io.headstream.job.records.HeadKey;
import io.headstream.job.records.HeadResult;
import io.headstream.job.records.SequenceChunk;
import io.headstream.job.records.Token;
import io.headstream.job.records.TokenBlock;
import io.headstream.job.sequences.OrderTokens;
import java.time.Duration;
import java.util.stream.Stream;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/** How the stages are wired in token mode. */
final class TokenStages {
  /** More tokens at a time gain nothing, and cost memory. */
  private static final int MOST_TOKENS_PER_BLOCK = 256;

  private final AttentionSettings settings;
  private final LayerWeights weights;
  private final AttentionSample sample;
  private final int maxParallelism;

  TokenStages(
      AttentionSettings settings,
      LayerWeights weights,
      AttentionSample sample,
      int maxParallelism) {
    this.settings = settings;
    this.sample = sample;
    this.weights = weights.withDigest();
    this.maxParallelism = maxParallelism;
  }

  /** The tokens in order, in blocks. */
  SingleOutputStreamOperator<TokenBlock> order(DataStream<Token> tokens) {
    OrderTokens order =
        new OrderTokens(
            settings.stream().maxDisorder(), gapMillis(), gapInEventTime(), MOST_TOKENS_PER_BLOCK);
    return tokens
        .keyBy(Token::sequenceId)
        .process(order)
        .name("Order tokens")
        .uid("order-tokens")
        .setBufferTimeout(FLUSH_MILLIS)
        .setMaxParallelism(maxParallelism);
  }

  /** The answers to tokens in order. */
  AttentionLayer.Answered answer(DataStream<TokenBlock> blocks) {
    return settings.headGroups() == 1 ? answerInOnePlace(blocks) : fanOut(blocks);
  }

  private AttentionLayer.Answered answerInOnePlace(DataStream<TokenBlock> blocks) {
    // A block is where its key belongs already.
    SingleOutputStreamOperator<Token> answers =
        DataStreamUtils.reinterpretAsKeyedStream(
                blocks, AttendTokensInOnePlace::key, TypeInformation.of(HeadKey.class))
            .process(new AttendTokensInOnePlace(operatorSettings()))
            .name("Attend with all %d heads by token, W_o".formatted(settings.heads()))
            .uid("attend-tokens")
            .setBufferTimeout(FLUSH_MILLIS)
            .setMaxParallelism(maxParallelism);
    // Stands where the gather stands with more head groups. Without it Flink would refuse their
    // state for want of a place, and not the operator above that can say why.
    DataStream<Token> tokens =
        answers
            .map(token -> token)
            .returns(Token.class)
            .name("Hand on answers")
            .uid("gather-tokens");
    return answered(tokens, answers, answers);
  }

  private AttentionLayer.Answered fanOut(DataStream<TokenBlock> blocks) {
    int groups = settings.headGroups();
    DataStream<HeadBlock> work =
        blocks
            .flatMap(new FanOutTokens(groups, maxParallelism))
            .name("Fan out to %d head groups".formatted(groups))
            .uid("fan-out-tokens")
            .setBufferTimeout(FLUSH_MILLIS);
    SingleOutputStreamOperator<HeadResult> results =
        work.keyBy(HeadBlock::key)
            .process(new AttendTokens(operatorSettings()))
            .name(
                "Attend with %d of %d heads by token"
                    .formatted(settings.heads() / groups, settings.heads()))
            .uid("attend-tokens")
            .setMaxParallelism(maxParallelism);
    DataStream<SequenceChunk> asked =
        blocks
            .flatMap(withTokens())
            .returns(SequenceChunk.class)
            .name("Keep tokens for the gather")
            .uid("keep-tokens")
            .setBufferTimeout(FLUSH_MILLIS);
    SingleOutputStreamOperator<Token> answers =
        results
            .keyBy(HeadResult::sequenceId)
            .connect(asked.keyBy(SequenceChunk::sequenceId))
            .process(new GatherHeads(weights, groups, false))
            .name("Gather heads, W_o")
            .uid("gather-tokens")
            .setMaxParallelism(maxParallelism);
    return answered(answers, answers, results);
  }

  /** There are no maps of whole sequences where tokens are answered one by one. */
  private static AttentionLayer.Answered answered(
      DataStream<Token> tokens,
      SingleOutputStreamOperator<Token> answering,
      SingleOutputStreamOperator<?> attending) {
    return new AttentionLayer.Answered(
        tokens,
        answering.getSideOutput(DeadLetterOutput.TAG),
        attending.getSideOutput(AttentionMaps.TAG),
        attending.getSideOutput(AttentionRows.TAG));
  }

  /** The blocks that are not just an end. */
  private static FlatMapFunction<TokenBlock, SequenceChunk> withTokens() {
    return (block, out) ->
        Stream.of(block)
            .filter(b -> !b.tokens().isEmpty())
            .map(TokenBlock::chunk)
            .forEach(out::collect);
  }

  private TokenSettings operatorSettings() {
    int keysBefore = Math.min(settings.window(), settings.maxLength() - 1);
    return new TokenSettings(
        weights,
        new AttendOptions(
            true, keysBefore, settings.sinks(), settings.dropout(), settings.dropoutSeed()),
        settings.headGroups(),
        new ContextBounds(keysBefore, settings.sinks()),
        settings.placement().pageCacheBytes(),
        sample);
  }

  /** The session gap where there is one; else what ends a sequence that was abandoned. */
  private long gapMillis() {
    Duration gap = settings.sessionGap();
    Duration end = gap != null ? gap : settings.stream().idleTimeout();
    return end == null ? 0 : end.toMillis();
  }

  private boolean gapInEventTime() {
    return settings.eventTime() && settings.sessionGap() != null;
  }
}
