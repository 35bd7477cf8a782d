package io.headstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.attention.AttentionMask;
import io.headstream.attention.AttentionOptions;
import io.headstream.attention.MultiHeadAttention;
import io.headstream.job.attend.Answer;
import io.headstream.job.records.Block;
import io.headstream.job.records.Token;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two layers, each with weights of its own, one behind the other in one job. */
class TwoLayersITCase {
  private static final long SEED = 6;
  private static final int MODEL_DIM = 16;
  private static final int HEADS = 4;

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  @TempDir Path folder;

  /** Half of the sequences have no last token, so that the end of the input ends them. */
  @ParameterizedTest(name = "token mode {0}, {1} and {2} head groups")
  @CsvSource({
    "false, 1, 1", "false, 1, 2", "false, 4, 1", "false, 2, 4", //
    "true, 1, 1", "true, 1, 2", "true, 4, 1", "true, 2, 4",
  })
  void blocksGoFromLayerToLayer(boolean tokenMode, int firstGroups, int secondGroups)
      throws Exception {
    Sequences one = new Sequences(SEED, 12, 90, MODEL_DIM, HEADS);
    Sequences other = new Sequences(SEED + 1, 1, 1, MODEL_DIM, HEADS);
    AttentionLayer first = layer(one, "one", settings(tokenMode, firstGroups));
    AttentionLayer second = layer(other, "two", settings(tokenMode, secondGroups)).withNumber(1);

    StreamExecutionEnvironment env = environment();
    DataStream<Token> tokens = env.fromData(input(one));
    first.shipWeights(env);
    second.shipWeights(env);
    DataStream<Block> blocks = tokenMode ? first.order(tokens) : first.collect(tokens);
    DataStream<Token> answers =
        AttentionStage.through(List.of(first.stage(), second.stage()), blocks)
            .blocks()
            .process(new Answer());
    assertAnswers(answers, one, other, tokenMode);
  }

  /** The answers of one layer are tokens, which the other may take. */
  @ParameterizedTest(name = "token mode {0}, {1} and {2} head groups")
  @CsvSource({"false, 1, 2", "true, 2, 1"})
  void tokensGoFromLayerToLayer(boolean tokenMode, int firstGroups, int secondGroups)
      throws Exception {
    Sequences one = new Sequences(SEED, 12, 90, MODEL_DIM, HEADS);
    Sequences other = new Sequences(SEED + 1, 1, 1, MODEL_DIM, HEADS);
    AttentionLayer first = layer(one, "one", settings(tokenMode, firstGroups));
    AttentionLayer second = layer(other, "two", settings(tokenMode, secondGroups)).withNumber(1);

    StreamExecutionEnvironment env = environment();
    DataStream<Token> middle = first.apply(env.fromData(input(one))).tokens();
    DataStream<Token> answers = second.apply(middle).tokens();
    assertThat(env.getStreamGraph(false).getStreamNodes())
        .extracting(StreamNode::getTransformationUID)
        .filteredOn(uid -> uid != null)
        .doesNotHaveDuplicates();
    assertAnswers(answers, one, other, tokenMode);
  }

  private static StreamExecutionEnvironment environment() {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.setParallelism(2);
    return env;
  }

  private static AttentionSettings settings(boolean tokenMode, int headGroups) {
    AttentionSettings settings =
        AttentionSettings.of(MODEL_DIM, HEADS).withCausal(tokenMode).withHeadGroups(headGroups);
    return tokenMode ? settings.withTokenMode() : settings;
  }

  private AttentionLayer layer(Sequences sequences, String name, AttentionSettings settings)
      throws Exception {
    Path file = sequences.writeWeights(folder.resolve(name + ".safetensors"));
    return AttentionLayer.fromFile(file.toString(), settings);
  }

  private static List<Token> input(Sequences sequences) {
    List<Token> tokens = new ArrayList<>();
    for (Token token : sequences.interleaved()) {
      boolean open = token.sequenceId().hashCode() % 2 == 0;
      tokens.add(open ? token.withLast(false) : token);
    }
    return tokens;
  }

  private static void assertAnswers(
      DataStream<Token> answers, Sequences one, Sequences other, boolean causal) throws Exception {
    List<Token> actual = new ArrayList<>();
    try (CloseableIterator<Token> iterator = answers.executeAndCollect()) {
      iterator.forEachRemaining(actual::add);
    }
    assertThat(actual).hasSameSizeAs(one.interleaved());
    AttentionOptions options =
        AttentionOptions.defaults()
            .withMask(causal ? AttentionMask.causal() : AttentionMask.none());
    for (List<Token> sequence : one.sequences) {
      String id = sequence.get(0).sequenceId();
      float[] x = Block.ofSequence(id, sequence).values();
      int length = sequence.size();
      float[] middle = new MultiHeadAttention(one.weights).attend(1, length, x, options);
      float[] y = new MultiHeadAttention(other.weights).attend(1, length, middle, options);
      List<Token> ofSequence = actual.stream().filter(t -> t.sequenceId().equals(id)).toList();
      for (int i = 0; i < length; i++) {
        assertThat(ofSequence.get(i).position()).isEqualTo(i);
        assertThat(ofSequence.get(i).embedding())
            .as("seed %d, %s, %d", SEED, id, i)
            .containsExactly(Arrays.copyOfRange(y, i * MODEL_DIM, (i + 1) * MODEL_DIM));
      }
    }
  }
}
