package io.headstream.job.attend;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.attention.AttentionOptions;
import io.headstream.attention.HeadGroup;
import io.headstream.attention.MultiHeadAttention;
import io.headstream.attention.weights.AttentionParameters;
import io.headstream.job.records.Block;
import io.headstream.job.records.HeadKey;
import io.headstream.job.records.Token;
import io.headstream.job.weights.LayerWeights;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatherTest {
  private static final int MODEL_DIM = 16;
  private static final int GROUPS = 4;
  private static final long WEIGHTS_SEED = 7;
  private static final int BLOCK = 3;

  private final MultiHeadAttention layer =
      new MultiHeadAttention(
          AttentionParameters.xavierUniform(MODEL_DIM, GROUPS, GROUPS, WEIGHTS_SEED));
  private KeyedOneInputStreamOperatorTestHarness<String, Block, Block> harness;

  @BeforeEach
  void open() throws Exception {
    harness = newHarness();
    harness.open();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  /** Each sender's records stay in order, and nothing else is promised. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void anIdThatIsUsedAgainIsAnsweredRightlyInWhateverOrderTheSendersAreHeard(long seed)
      throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    List<Token> expected = new ArrayList<>();
    List<Queue<Block>> senders = new ArrayList<>();
    for (int sender = 0; sender <= GROUPS; sender++) {
      senders.add(new ArrayDeque<>());
    }
    for (int use = 0; use < 3; use++) {
      List<Token> tokens = tokens(1 + random.nextInt(8), random);
      expected.addAll(send(tokens, senders));
    }
    boolean restarted = false;
    while (senders.stream().anyMatch(sender -> !sender.isEmpty())) {
      Block next = senders.get(random.nextInt(senders.size())).poll();
      if (next != null) {
        harness.processElement(new StreamRecord<>(next));
      }
      if (!restarted && random.nextInt(10) == 0) {
        restarted = true;
        expected = expected.subList(answers().size(), expected.size());
        restart();
      }
    }
    List<Token> actual = answers();
    assertThat(actual).as("seed %d", seed).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.get(i).position()).isEqualTo(expected.get(i).position());
      assertThat(actual.get(i).embedding())
          .as("seed %d, token %d", seed, i)
          .containsExactly(expected.get(i).embedding());
    }
    assertNothingLeft();
  }

  /** A sequence that ended without a last token has its end told by an empty block. */
  @Test
  void theEmptyBlockThatEndsASequenceGoesOn() throws Exception {
    HeadKey tokens = new HeadKey("again", HeadKey.TOKENS, 0);
    harness.processElement(new StreamRecord<>(new Block(tokens, 5, 0, new float[0], true)));
    for (int group = 0; group < GROUPS; group++) {
      assertThat(harness.extractOutputValues()).isEmpty();
      HeadKey key = new HeadKey("again", group, 0);
      harness.processElement(new StreamRecord<>(new Block(key, 5, 0, new float[0], true)));
    }
    Block end = harness.extractOutputValues().get(0);
    assertThat(end.ends()).isTrue();
    assertThat(end.rows()).isZero();
    assertThat(end.firstPosition()).isEqualTo(5);
    assertNothingLeft();
  }

  private List<Token> answers() {
    List<Token> answers = new ArrayList<>();
    for (Block block : harness.extractOutputValues()) {
      for (int i = 0; i < block.rows(); i++) {
        int from = i * MODEL_DIM;
        float[] answer = Arrays.copyOfRange(block.values(), from, from + MODEL_DIM);
        answers.add(block.tokens().get(i).withEmbedding(answer));
      }
    }
    return answers;
  }

  /** Queues a sequence's blocks and head results with their senders; what the layer answers. */
  private List<Token> send(List<Token> tokens, List<Queue<Block>> senders) {
    int length = tokens.size();
    float[] x = Block.ofSequence("again", tokens).values();
    for (int from = 0; from < length; from += BLOCK) {
      int to = Math.min(length, from + BLOCK);
      Block block = Block.ofTokens("again", from, tokens.subList(from, to), to == length);
      senders.get(GROUPS).add(block.tokensAlone());
    }
    for (int group = 0; group < GROUPS; group++) {
      HeadGroup heads = layer.headGroup(group, GROUPS);
      int width = heads.columns();
      float[] columns = new float[length * width];
      heads.attend(length, x, 0, columns, 0, AttentionOptions.defaults());
      for (int from = 0; from < length; from += BLOCK) {
        int to = Math.min(length, from + BLOCK);
        float[] piece = Arrays.copyOfRange(columns, from * width, to * width);
        HeadKey key = new HeadKey("again", group, 0);
        senders.get(group).add(new Block(key, from, to - from, piece, to == length));
      }
    }
    float[] y = layer.attend(1, length, x, AttentionOptions.defaults());
    List<Token> answers = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      answers.add(
          tokens.get(i).withEmbedding(Arrays.copyOfRange(y, i * MODEL_DIM, (i + 1) * MODEL_DIM)));
    }
    return answers;
  }

  private static List<Token> tokens(int length, SplittableRandom random) {
    List<Token> tokens = new ArrayList<>();
    for (int position = 0; position < length; position++) {
      float[] embedding = new float[MODEL_DIM];
      for (int c = 0; c < MODEL_DIM; c++) {
        embedding[c] = random.nextFloat();
      }
      tokens.add(Token.of("again", position, embedding, position == length - 1));
    }
    return tokens;
  }

  private void restart() throws Exception {
    OperatorSubtaskState snapshot = harness.snapshot(1, 1);
    harness.close();
    harness = newHarness();
    harness.setup();
    harness.initializeState(snapshot);
    harness.open();
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, Block, Block> newHarness()
      throws Exception {
    LayerWeights weights = LayerWeights.seeded(WEIGHTS_SEED, MODEL_DIM, GROUPS, GROUPS);
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new ProcessOperator<>(new Gather(weights, GROUPS, true)), Block::sequenceId, Types.STRING);
  }

  private void assertNothingLeft() {
    assertThat(harness.numKeyedStateEntries()).as("state entries").isZero();
    assertThat(harness.numEventTimeTimers()).as("event time timers").isZero();
    assertThat(harness.numProcessingTimeTimers()).as("processing time timers").isZero();
  }
}
