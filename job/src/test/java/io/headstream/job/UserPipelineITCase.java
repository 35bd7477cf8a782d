package io.headstream.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.attention.AttentionOptions;
import io.headstream.attention.MultiHeadAttention;
import io.headstream.attention.weights.AttentionParameters;
import io.headstream.job.records.Block;
import io.headstream.job.records.Token;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The layer inside somebody's own pipeline, as the README and docs/library.md show it. */
class UserPipelineITCase {
  private static final long SEED = 4;

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  @TempDir Path folder;

  @Test
  void threeLinesAnswerAStreamOfTokens() throws Exception {
    Sequences sequences = new Sequences(SEED, 20, 10, 16, 4);
    Path file = sequences.writeWeights(folder.resolve("layer.safetensors"));
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.setParallelism(2);
    DataStream<Token> tokens = env.fromData(sequences.interleaved());

    AttentionSettings settings = AttentionSettings.of(16, 4).withCausal(true).withHeadGroups(2);
    AttentionLayer layer = AttentionLayer.fromFile(file.toString(), settings);
    AttentionLayer.Answered answered = layer.apply(tokens);

    List<Token> answers = new ArrayList<>();
    try (CloseableIterator<Token> iterator = answered.tokens().executeAndCollect()) {
      iterator.forEachRemaining(answers::add);
    }
    assertThat(answers).hasSameSizeAs(sequences.interleaved());
    for (Token answer : answers) {
      List<Token> sequence = sequences.sequences.get(sequenceNumber(answer));
      double[] expected =
          sequences.expectedRow(sequences.expected(sequence, true), answer.position());
      for (int c = 0; c < expected.length; c++) {
        assertThat((double) answer.embedding()[c])
            .as("seed %d", SEED)
            .isBetween(expected[c] - 1e-5, expected[c] + 1e-5);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void sequencesThatAreCompleteAlreadyGetTheBitsOfTheCore(int headGroups) throws Exception {
    Sequences sequences = new Sequences(SEED, 12, 10, 16, 4);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.setParallelism(2);
    List<Block> whole =
        sequences.sequences.stream()
            .map(tokens -> Block.ofSequence(tokens.get(0).sequenceId(), tokens))
            .toList();
    AttentionSettings settings = AttentionSettings.of(16, 4).withHeadGroups(headGroups);
    AttentionLayer.Answered answered =
        AttentionLayer.seeded(SEED, settings).applyToSequences(env.fromData(whole));

    MultiHeadAttention core =
        new MultiHeadAttention(AttentionParameters.xavierUniform(16, 4, 4, SEED));
    int count = 0;
    try (CloseableIterator<Token> answers = answered.tokens().executeAndCollect()) {
      while (answers.hasNext()) {
        Token answer = answers.next();
        Block sequence = whole.get(sequenceNumber(answer));
        float[] expected =
            core.attend(1, sequence.rows(), sequence.values(), AttentionOptions.defaults());
        int row = answer.position() * 16;
        assertThat(answer.embedding()).isEqualTo(Arrays.copyOfRange(expected, row, row + 16));
        count++;
      }
    }
    assertThat(count).isEqualTo(sequences.interleaved().size());
  }

  @Test
  void settingsThatContradictTheWeightsAreRefusedBeforeTheJob() throws Exception {
    Path file = new Sequences(SEED, 1, 1, 16, 4).writeWeights(folder.resolve("w.safetensors"));
    assertThatThrownBy(() -> AttentionLayer.fromFile(file.toString(), AttentionSettings.of(32, 4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(file + " has model-dim 16 and 4 key/value heads, the settings say 32 and 4");
  }

  private static int sequenceNumber(Token token) {
    return Integer.parseInt(token.sequenceId().substring("seq-".length()));
  }
}
