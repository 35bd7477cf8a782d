package io.headstream.job;

import io.headstream.attention.weights.AttentionParameters;
import io.headstream.job.attend.Answer;
import io.headstream.job.observe.AttentionSample;
import io.headstream.job.observe.DeadLetterOutput;
import io.headstream.job.records.AttentionMap;
import io.headstream.job.records.AttentionRow;
import io.headstream.job.records.Block;
import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.Token;
import io.headstream.job.sequences.CollectSequences;
import io.headstream.job.sequences.EventTimeOrder;
import io.headstream.job.sequences.OrderTokens;
import io.headstream.job.weights.LayerWeights;
import io.headstream.safetensors.WeightsException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
 * <p>Tokens are put together into blocks by sequence ID, an {@link AttentionStage} attends to them,
 * and its blocks are answered token by token. A layer is applied once in a job, where each has a
 * {@linkplain #withNumber number of its own}; {@link #FLUSH_MILLIS} is the longest that a record
 * waits between two tasks.
 */
public final class AttentionLayer {
  /** Divisible by 2 to 6, 8 to 10 and 12, so that as many head groups spread evenly. */
  public static final int DEFAULT_MAX_PARALLELISM = 720;

  /** More tokens at a time gain nothing, and cost memory. */
  private static final int MOST_TOKENS_PER_BLOCK = 256;

  /**
   * How long the end of a record may wait for the next one to fill its network buffer. Flink's own
   * 100 ms, at both exchanges of a sequence that is alone, would take longer than most attention.
   */
  public static final long FLUSH_MILLIS = 1;

  private static final Logger LOG = LoggerFactory.getLogger(AttentionLayer.class);

  private final AttentionSettings settings;
  private final LayerWeights weights;
  private final String weightsFile; // null: seeded
  private final AttentionSample sample;
  private final int number;

  private AttentionLayer(
      AttentionSettings settings,
      LayerWeights weights,
      String weightsFile,
      AttentionSample sample,
      int number) {
    this.settings = settings;
    this.weights = weights;
    this.weightsFile = weightsFile;
    this.sample = sample;
    this.number = number;
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
    AttentionParameters parameters =
        AttentionParameters.read(Path.of(file), prefix, settings.heads());
    if (parameters.modelDim() != settings.modelDim()
        || parameters.keyValueHeads() != settings.keyValueHeads()) {
      throw new IllegalArgumentException(
          "%s has model-dim %d and %d key/value heads, the settings say %d and %d"
              .formatted(
                  file,
                  parameters.modelDim(),
                  parameters.keyValueHeads(),
                  settings.modelDim(),
                  settings.keyValueHeads()));
    }
    return fromCheckedFile(file, prefix, settings);
  }

  /** As {@link #fromFile(String, String, AttentionSettings)}, for who has just read the file. */
  public static AttentionLayer fromCheckedFile(
      String file, String prefix, AttentionSettings settings) {
    LayerWeights weights = LayerWeights.fromCachedFile(fileName(0), prefix, settings.heads());
    return new AttentionLayer(settings, weights, file, AttentionSample.none(), 0);
  }

  /** A layer with Xavier-uniform weights made from a seed. */
  public static AttentionLayer seeded(long seed, AttentionSettings settings) {
    LayerWeights weights =
        LayerWeights.seeded(seed, settings.modelDim(), settings.heads(), settings.keyValueHeads());
    return new AttentionLayer(settings, weights, null, AttentionSample.none(), 0);
  }

  /**
   * This layer with the attention weights of some sequences as a further output, {@link
   * Answered#attentionMaps()} or in token mode {@link Answered#attentionRows()}, and metrics of
   * them. What it answers stays the same to the bit.
   *
   * @param sequences of which sequences
   */
  public AttentionLayer withAttentionMaps(AttentionSample sequences) {
    return new AttentionLayer(settings, weights, weightsFile, sequences, number);
  }

  /**
   * This layer as another one of its job: each layer that is applied in a job needs a number of its
   * own, from 0, by which its operators' uids and the file that it ships are told apart.
   */
  public AttentionLayer withNumber(int layer) {
    LayerWeights numbered = weightsFile == null ? weights : weights.fromCachedFile(fileName(layer));
    return new AttentionLayer(settings, numbered, weightsFile, sample, layer);
  }

  private static String fileName(int layer) {
    return "headstream-weights-" + layer;
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
    SingleOutputStreamOperator<Block> blocks =
        settings.tokenMode() ? order(tokens) : collect(tokens);
    return answered(blocks, blocks.getSideOutput(DeadLetterOutput.TAG));
  }

  /**
   * Puts the layer behind a stream of sequences that are complete already: each block is a whole
   * one. Where nothing is fanned out, it is answered in the task that it came to.
   *
   * @throws IllegalStateException if the settings say token mode
   */
  public Answered applyToSequences(DataStream<Block> sequences) {
    if (settings.tokenMode()) {
      throw new IllegalStateException("token mode takes single tokens, not whole sequences");
    }
    shipWeights(sequences.getExecutionEnvironment());
    return answered(sequences, null);
  }

  private Answered answered(DataStream<Block> blocks, DataStream<DeadLetter> unusable) {
    AttentionStage.Attended attended = AttentionStage.through(List.of(stage()), blocks);
    SingleOutputStreamOperator<Token> answers =
        operator(attended.blocks().process(new Answer()), "Answer tokens", "answer", number);
    DataStream<DeadLetter> deadLetters = answers.getSideOutput(DeadLetterOutput.TAG);
    return new Answered(
        answers,
        unusable == null ? deadLetters : deadLetters.union(unusable),
        attended.maps(),
        attended.rows());
  }

  /** The layer by itself, between blocks and blocks, for who puts several behind one another. */
  AttentionStage stage() {
    return new AttentionStage(number, settings, weights, sample);
  }

  void shipWeights(StreamExecutionEnvironment env) {
    LOG.info("{} heads in {} head groups", settings.heads(), settings.headGroups());
    if (weightsFile != null) {
      env.registerCachedFile(weightsFile, fileName(number));
    }
  }

  /** Whole sequences, each in one block. */
  SingleOutputStreamOperator<Block> collect(DataStream<Token> tokens) {
    CollectSequences collect =
        new CollectSequences(
            settings.modelDim(),
            settings.maxLength(),
            millis(settings.sessionGap()),
            settings.eventTime());
    return operator(
        bySequence(tokens).process(collect), "Collect sequences", "collect-sequences", number);
  }

  /** Where a gap in event time ends sequences, they have to come in the order of that time. */
  private KeyedStream<Token, String> bySequence(DataStream<Token> tokens) {
    KeyedStream<Token, String> bySequence = tokens.keyBy(Token::sequenceId);
    if (!settings.eventTime() || settings.sessionGap() == null) {
      return bySequence;
    }
    DataStream<Token> inOrder =
        operator(
            bySequence.process(new EventTimeOrder(settings.maxLength())),
            "Put tokens in order of time",
            "order-by-time",
            number);
    return DataStreamUtils.reinterpretAsKeyedStream(inOrder, Token::sequenceId, Types.STRING);
  }

  /** Tokens in order, in blocks. */
  SingleOutputStreamOperator<Block> order(DataStream<Token> tokens) {
    // The session gap where there is one; else what ends a sequence that was abandoned.
    Duration gap = settings.sessionGap();
    OrderTokens order =
        new OrderTokens(
            settings.modelDim(),
            settings.stream().maxDisorder(),
            millis(gap != null ? gap : settings.stream().idleTimeout()),
            settings.eventTime() && gap != null,
            MOST_TOKENS_PER_BLOCK);
    return operator(
        tokens.keyBy(Token::sequenceId).process(order), "Order tokens", "order-tokens", number);
  }

  private static long millis(Duration gap) {
    return gap == null ? 0 : gap.toMillis();
  }

  /**
   * What all operators of a layer have in common: a name, a uid with the layer's number, and that
   * no record waits for others to fill a network buffer.
   */
  static <T> SingleOutputStreamOperator<T> operator(
      SingleOutputStreamOperator<T> operator, String name, String uid, int layer) {
    SingleOutputStreamOperator<T> named =
        operator.name(name).uid(uid + "-" + layer).setBufferTimeout(FLUSH_MILLIS);
    return named.setMaxParallelism(maxParallelism(operator.getExecutionEnvironment()));
  }

  static int maxParallelism(StreamExecutionEnvironment env) {
    return env.getMaxParallelism() > 0 ? env.getMaxParallelism() : DEFAULT_MAX_PARALLELISM;
  }
}
