package io.headstream.job;

import io.headstream.attention.AttentionWeights;
import io.headstream.attention.safetensors.WeightsException;
import io.headstream.job.deadletters.DeadLetterOutput;
import io.headstream.job.gather.GatherHeads;
import io.headstream.job.heads.AttendHeads;
import io.headstream.job.heads.AttendSequences;
import io.headstream.job.heads.AttentionMaps;
import io.headstream.job.heads.AttentionRows;
import io.headstream.job.heads.FanOutHeads;
import io.headstream.job.layer.AttendOptions;
import io.headstream.job.layer.AttentionSample;
import io.headstream.job.layer.LayerWeights;
import io.headstream.job.records.AttentionMap;
import io.headstream.job.records.AttentionRow;
import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.HeadResult;
import io.headstream.job.records.HeadTask;
import io.headstream.job.records.SequenceChunk;
import io.headstream.job.records.Token;
import io.headstream.job.records.TokenBlock;
import io.headstream.job.sequences.CollectSequences;
import io.headstream.job.sequences.CutSequences;
import io.headstream.job.sequences.EventTimeOrder;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Multi-head attention as a step of a stream: tokens in, answered tokens out.
 *
 * <pre>{@code
 * AttentionLayer layer = AttentionLayer.fromFile("layer.safetensors", AttentionSettings.of(768, 12));
 * AttentionLayer.Answered answered = layer.apply(tokens); // tokens: DataStream<Token>
 * answered.tokens().sinkTo(...);
 * }</pre>
 *
 * <p>This class alone knows how the stages are wired. One layer may be applied once in a job; its
 * operators have names and uids of their own.
 */
public final class AttentionLayer {
  /** Divisible by 2 to 6, 8 to 10 and 12, so that as many head groups spread evenly. */
  public static final int DEFAULT_MAX_PARALLELISM = 720;

  /** A record between tasks stays well below the 5 MiB above which the receiver uses its disk. */
  private static final int CHUNK_BYTES = 2 * 1024 * 1024;

  /** The same with what tokens have beside their embeddings, which may be long labels. */
  private static final int MOST_CHUNK_BYTES = 7 * 512 * 1024;

  /**
   * How long the end of a record may wait for the next one to fill its network buffer. Flink's own
   * 100 ms, at both exchanges of a sequence that is alone, would take longer than most attention.
   */
  public static final long FLUSH_MILLIS = 1;

  private static final Logger LOG = LoggerFactory.getLogger(AttentionLayer.class);

  private static final String WEIGHTS_FILE = "headstream-weights";

  private final AttentionSettings settings;
  private final LayerWeights weights;
  private final String weightsFile; // null: seeded
  private final AttentionSample sample;

  private AttentionLayer(
      AttentionSettings settings,
      LayerWeights weights,
      String weightsFile,
      AttentionSample sample) {
    this.settings = settings;
    this.weights = weights;
    this.weightsFile = weightsFile;
    this.sample = sample;
  }

  /**
   * A layer with the weights of a safetensors file, whose tensors have no prefix.
   *
   * @see #fromFile(String, String, AttentionSettings)
   */
  public static AttentionLayer fromFile(String file, AttentionSettings settings)
      throws IOException {
    return fromFile(file, "", settings);
  }

  /**
   * A layer with the weights of a safetensors file, which is read and checked at once. The job
   * ships the file; every TaskManager loads it once.
   *
   * @param file path of the file, where the job is submitted
   * @param prefix what stands before the tensor names
   * @param settings of which the dimensions have to be those of the file
   * @throws WeightsException if the file is damaged or has not what it should have
   * @throws IOException if the file cannot be read
   * @throws IllegalArgumentException if the settings have other dimensions than the file
   */
  public static AttentionLayer fromFile(String file, String prefix, AttentionSettings settings)
      throws IOException {
    AttentionWeights weights = AttentionWeights.read(Path.of(file), prefix, settings.heads());
    if (weights.modelDim() != settings.modelDim()
        || weights.keyValueHeads() != settings.keyValueHeads()) {
      throw new IllegalArgumentException(
          "%s has model-dim %d and %d key/value heads, the settings say %d and %d"
              .formatted(
                  file,
                  weights.modelDim(),
                  weights.keyValueHeads(),
                  settings.modelDim(),
                  settings.keyValueHeads()));
    }
    return fromCheckedFile(file, prefix, settings);
  }

  /** As {@link #fromFile(String, String, AttentionSettings)}, for who has just read the file. */
  public static AttentionLayer fromCheckedFile(
      String file, String prefix, AttentionSettings settings) {
    LayerWeights weights = LayerWeights.fromCachedFile(WEIGHTS_FILE, prefix, settings.heads());
    return new AttentionLayer(settings, weights, file, AttentionSample.none());
  }

  /** A layer with Xavier-uniform weights made from a seed. */
  public static AttentionLayer seeded(long seed, AttentionSettings settings) {
    LayerWeights weights =
        LayerWeights.seeded(seed, settings.modelDim(), settings.heads(), settings.keyValueHeads());
    return new AttentionLayer(settings, weights, null, AttentionSample.none());
  }

  /**
   * This layer with the attention weights of some sequences as a further output, {@link
   * Answered#attentionMaps()} or in token mode {@link Answered#attentionRows()}, and metrics of
   * them. What it answers stays the same to the bit.
   *
   * @param sequences of which sequences
   */
  public AttentionLayer withAttentionMaps(AttentionSample sequences) {
    return new AttentionLayer(settings, weights, weightsFile, sequences);
  }

  /**
   * What comes out of a layer.
   *
   * @param tokens the answers: each token with the layer's output in place of its embedding, in
   *     order of position within a sequence
   * @param deadLetters the tokens that could not be used, with the reason
   * @param attentionMaps one for each head of each sequence of {@link #withAttentionMaps}; none in
   *     token mode
   * @param attentionRows in token mode one for each head and token of these sequences
   */
  public record Answered(
      DataStream<Token> tokens,
      DataStream<DeadLetter> deadLetters,
      DataStream<AttentionMap> attentionMaps,
      DataStream<AttentionRow> attentionRows) {}

  /** Puts the layer behind a stream of tokens. */
  public Answered apply(DataStream<Token> tokens) {
    shipWeights(tokens.getExecutionEnvironment());
    return settings.tokenMode() ? answerTokens(tokens) : answerSequences(tokens);
  }

  private Answered answerTokens(DataStream<Token> tokens) {
    TokenStages stages =
        new TokenStages(
            settings, weights, sample, maxParallelism(tokens.getExecutionEnvironment()));
    SingleOutputStreamOperator<TokenBlock> blocks = stages.order(tokens);
    Answered answers = stages.answer(blocks);
    return new Answered(
        answers.tokens(),
        blocks.getSideOutput(DeadLetterOutput.TAG).union(answers.deadLetters()),
        answers.attentionMaps(),
        answers.attentionRows());
  }

  private Answered answerSequences(DataStream<Token> tokens) {
    SingleOutputStreamOperator<SequenceChunk> sequences =
        bySequence(tokens)
            .process(
                new CollectSequences(
                    settings.maxLength(), sessionGapMillis(), settings.eventTime()))
            .name("Collect sequences")
            .uid("collect-sequences");
    return answered(sequences, attend(sequences));
  }

  /**
   * Puts the layer behind a stream of sequences that are complete already: each record is a whole
   * one. Where nothing is fanned out, it is answered in the task that it came to.
   *
   * @throws IllegalStateException if the settings say token mode
   */
  public Answered applyToSequences(DataStream<SequenceChunk> sequences) {
    if (settings.tokenMode()) {
      throw new IllegalStateException("token mode takes single tokens, not whole sequences");
    }
    shipWeights(sequences.getExecutionEnvironment());
    Attended attended = attend(sequences);
    return answered(attended, attended.answers().getSideOutput(DeadLetterOutput.TAG));
  }

  private Attended attend(DataStream<SequenceChunk> sequences) {
    return settings.headGroups() == 1 ? attendInOnePlace(sequences) : fanOut(sequences);
  }

  private static Answered answered(SingleOutputStreamOperator<?> sequences, Attended attended) {
    DataStream<DeadLetter> deadLetters =
        sequences
            .getSideOutput(DeadLetterOutput.TAG)
            .union(attended.answers().getSideOutput(DeadLetterOutput.TAG));
    return answered(attended, deadLetters);
  }

  private static Answered answered(Attended attended, DataStream<DeadLetter> deadLetters) {
    return new Answered(
        attended.answers(),
        deadLetters,
        attended.attending().getSideOutput(AttentionMaps.TAG),
        attended.attending().getSideOutput(AttentionRows.TAG));
  }

  /** What answers, and what attends: the same where nothing is fanned out. */
  private record Attended(
      SingleOutputStreamOperator<Token> answers, SingleOutputStreamOperator<?> attending) {}

  private Attended attendInOnePlace(DataStream<SequenceChunk> sequences) {
    SingleOutputStreamOperator<Token> answers =
        sequences
            .process(new AttendSequences(weights, options(), sample))
            .name("Attend with all %d heads, W_o".formatted(settings.heads()))
            .uid("attend-sequences");
    return new Attended(answers, answers);
  }

  private void shipWeights(StreamExecutionEnvironment env) {
    LOG.info("{} heads in {} head groups", settings.heads(), settings.headGroups());
    if (weightsFile != null) {
      env.registerCachedFile(weightsFile, WEIGHTS_FILE);
    }
  }

  /** Where a gap in event time ends sequences, they have to come in the order of that time. */
  private KeyedStream<Token, String> bySequence(DataStream<Token> tokens) {
    KeyedStream<Token, String> bySequence = tokens.keyBy(Token::sequenceId);
    if (!settings.eventTime() || settings.sessionGap() == null) {
      return bySequence;
    }
    DataStream<Token> inOrder =
        bySequence
            .process(new EventTimeOrder(settings.maxLength()))
            .name("Put tokens in order of time")
            .uid("order-by-time");
    return DataStreamUtils.reinterpretAsKeyedStream(inOrder, Token::sequenceId, Types.STRING);
  }

  private Attended fanOut(DataStream<SequenceChunk> sequences) {
    int groups = settings.headGroups();
    int maxParallelism = maxParallelism(sequences.getExecutionEnvironment());
    int tokensPerChunk = Math.max(1, CHUNK_BYTES / (Float.BYTES * settings.modelDim()));
    DataStream<SequenceChunk> chunks =
        sequences
            .flatMap(new CutSequences(tokensPerChunk, MOST_CHUNK_BYTES))
            .name("Cut long sequences")
            .uid("cut-sequences")
            .setBufferTimeout(FLUSH_MILLIS);
    DataStream<HeadTask> tasks =
        chunks
            .flatMap(new FanOutHeads(groups, maxParallelism, sample))
            .name("Fan out to %d head groups".formatted(groups))
            .uid("fan-out-heads")
            .setBufferTimeout(FLUSH_MILLIS);
    SingleOutputStreamOperator<HeadResult> results =
        tasks
            .keyBy(HeadTask::key)
            .process(new AttendHeads(weights, options(), groups, tokensPerChunk, sample))
            .name(
                "Attend with %d of %d heads".formatted(settings.heads() / groups, settings.heads()))
            .uid("attend-heads")
            .setBufferTimeout(FLUSH_MILLIS)
            .setMaxParallelism(maxParallelism);
    SingleOutputStreamOperator<Token> answers =
        results
            .keyBy(HeadResult::sequenceId)
            .connect(chunks.keyBy(SequenceChunk::sequenceId))
            .process(new GatherHeads(weights, groups, true))
            .name("Gather heads, W_o")
            .uid("gather-heads");
    return new Attended(answers, results);
  }

  private AttendOptions options() {
    return settings.model().attention();
  }

  private long sessionGapMillis() {
    return settings.sessionGap() == null ? 0 : settings.sessionGap().toMillis();
  }

  private static int maxParallelism(StreamExecutionEnvironment env) {
    return env.getMaxParallelism() > 0 ? env.getMaxParallelism() : DEFAULT_MAX_PARALLELISM;
  }
}
