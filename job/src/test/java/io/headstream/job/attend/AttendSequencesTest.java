package io.headstream.job.attend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.attention.AttentionOptions;
import io.headstream.attention.AttentionResults;
import io.headstream.attention.HeadGroup;
import io.headstream.attention.MultiHeadAttention;
import io.headstream.attention.weights.AttentionParameters;
import io.headstream.job.observe.AttentionMaps;
import io.headstream.job.observe.AttentionSample;
import io.headstream.job.observe.WeightRows;
import io.headstream.job.records.AttentionMap;
import io.headstream.job.records.Block;
import io.headstream.job.records.HeadKey;
import io.headstream.job.records.Token;
import io.headstream.job.weights.AttendOptions;
import io.headstream.job.weights.LayerWeights;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AttendSequencesTest {
  private static final int MODEL_DIM = 16;
  private static final int GROUPS = 4;
  private static final int LENGTH = 7;
  private static final int CHUNK = 3;
  private static final long SEED = 11;
  private static final MultiHeadAttention LAYER =
      new MultiHeadAttention(AttentionParameters.xavierUniform(MODEL_DIM, GROUPS, GROUPS, SEED));
  private static final AttentionSample SAMPLE = new AttentionSample(Set.of("sampled"), 0);

  private KeyedOneInputStreamOperatorTestHarness<HeadKey, Block, Block> harness;

  @BeforeEach
  void open() throws Exception {
    harness = newHarness();
    harness.open();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void theBlocksOfALongSequenceWaitForTheLastAlsoThroughARestart() throws Exception {
    float[] a = embeddings(1);
    float[] b = embeddings(2);
    process("a", 1, a, 0);
    process("b", 2, b, 0);
    process("a", 1, a, 3);
    assertThat(harness.extractOutputValues()).isEmpty();
    restart();
    process("b", 2, b, 3);
    process("a", 1, a, 6);
    assertAnswer(harness.extractOutputValues(), "a", 1, a);
    assertThat(harness.numKeyedStateEntries()).as("what waits of b").isPositive();
    process("b", 2, b, 6);
    assertAnswer(harness.extractOutputValues().subList(3, 6), "b", 2, b);
    process("a", 1, b, 0); // the ID is used again
    process("a", 1, b, 3);
    process("a", 1, b, 6);
    assertAnswer(harness.extractOutputValues().subList(6, 9), "a", 1, b);
    assertNothingLeft();
  }

  @Test
  void aSequenceThatComesWholeNeedsNoState() throws Exception {
    float[] x = embeddings(3);
    HeadKey key = new HeadKey("whole", 3, 0);
    harness.processElement(new StreamRecord<>(new Block(key, 0, LENGTH, x, true)));
    assertThat(harness.extractOutputValues()).hasSize(1);
    Block answer = harness.extractOutputValues().get(0);
    assertThat(answer.isWhole()).isTrue();
    assertThat(answer.values()).containsExactly(columns(3, x));
    assertNothingLeft();
  }

  /** The second of three chunks is the only one with labels. */
  @Test
  void theMapOfASampledSequenceWaitsForTheLastChunkAlsoThroughARestart() throws Exception {
    float[] x = embeddings(4);
    process("unsampled", 2, x, 0);
    process("unsampled", 2, x, 3);
    process("unsampled", 2, x, 6);
    processSampled(x, 0, List.of());
    processSampled(x, 3, Arrays.asList("three", null, "five"));
    assertThat(harness.getSideOutput(AttentionMaps.TAG)).isNull();
    restart();
    processSampled(x, 6, List.of());
    assertThat(harness.getSideOutput(AttentionMaps.TAG)).hasSize(1);
    AttentionMap map = harness.getSideOutput(AttentionMaps.TAG).remove().getValue();
    assertThat(map.sequenceId()).isEqualTo("sampled");
    assertThat(map.head()).isEqualTo(2);
    assertThat(map.labels()).containsExactly(null, null, null, "three", null, "five", null);
    float[] expected = new float[LENGTH * LENGTH];
    LAYER
        .headGroup(2, GROUPS)
        .attend(
            LENGTH,
            x,
            0,
            new float[LENGTH * MODEL_DIM / GROUPS],
            0,
            AttentionOptions.defaults().withResults(new AttentionResults().weights(expected, 0)));
    WeightRows.forEach(
        map,
        (query, weights, offset) ->
            assertThat(Arrays.copyOfRange(weights, offset, offset + LENGTH))
                .containsExactly(
                    Arrays.copyOfRange(expected, query * LENGTH, (query + 1) * LENGTH)));
    assertNothingLeft();
  }

  /** What waits belongs to a group, and would wait for ever where there are others. */
  @Test
  void stateOfOtherHeadGroupsIsRefused() throws Exception {
    process("a", 1, embeddings(1), 0);
    OperatorSubtaskState snapshot = harness.snapshot(1, 1);
    harness.close();
    harness = newHarness(GROUPS / 2);
    harness.setup();
    harness.initializeState(snapshot);
    assertThatThrownBy(() -> harness.open())
        .hasMessage(
            "the state was made with head-groups 4, this job has head-groups 2: give it the same,"
                + " or start without the state");
  }

  private void processSampled(float[] x, int from, List<String> labels) throws Exception {
    int to = Math.min(LENGTH, from + CHUNK);
    float[] rows = Arrays.copyOfRange(x, from * MODEL_DIM, to * MODEL_DIM);
    HeadKey key = new HeadKey("sampled", 2, 0);
    List<Token> tokens =
        IntStream.range(0, labels.size())
            .mapToObj(i -> new Token("sampled", from + i, rows, labels.get(i), null, false, ""))
            .map(Token::labelAlone)
            .toList();
    Block block = new Block(key, from, to - from, rows, to == LENGTH, tokens);
    harness.processElement(new StreamRecord<>(block));
  }

  /** The rows from a position on, as many as a chunk has. */
  private void process(String id, int group, float[] x, int from) throws Exception {
    int to = Math.min(LENGTH, from + CHUNK);
    float[] rows = Arrays.copyOfRange(x, from * MODEL_DIM, to * MODEL_DIM);
    HeadKey key = new HeadKey(id, group, 0);
    Block block = new Block(key, from, to - from, rows, to == LENGTH);
    harness.processElement(new StreamRecord<>(block));
  }

  private static float[] columns(int group, float[] x) {
    HeadGroup heads = LAYER.headGroup(group, GROUPS);
    float[] columns = new float[LENGTH * heads.columns()];
    heads.attend(LENGTH, x, 0, columns, 0, AttentionOptions.defaults());
    return columns;
  }

  private static void assertAnswer(List<Block> pieces, String id, int group, float[] x) {
    float[] columns = columns(group, x);
    int width = columns.length / LENGTH;
    assertThat(pieces).extracting(Block::firstPosition).containsExactly(0, 3, 6);
    assertThat(pieces).extracting(Block::ends).containsExactly(false, false, true);
    for (Block piece : pieces) {
      assertThat(piece.sequenceId()).isEqualTo(id);
      assertThat(piece.key().group()).isEqualTo(group);
      int from = piece.firstPosition();
      int to = Math.min(LENGTH, from + CHUNK);
      assertThat(piece.rows()).isEqualTo(to - from);
      assertThat(piece.values())
          .as("%s from %d", id, from)
          .containsExactly(Arrays.copyOfRange(columns, from * width, to * width));
    }
  }

  private static float[] embeddings(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] x = new float[LENGTH * MODEL_DIM];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextFloat() - 0.5f;
    }
    return x;
  }

  private void restart() throws Exception {
    OperatorSubtaskState snapshot = harness.snapshot(1, 1);
    harness.close();
    harness = newHarness();
    harness.setup();
    harness.initializeState(snapshot);
    harness.open();
  }

  private static KeyedOneInputStreamOperatorTestHarness<HeadKey, Block, Block> newHarness()
      throws Exception {
    return newHarness(GROUPS);
  }

  private static KeyedOneInputStreamOperatorTestHarness<HeadKey, Block, Block> newHarness(
      int groups) throws Exception {
    LayerWeights weights = LayerWeights.seeded(SEED, MODEL_DIM, GROUPS, GROUPS);
    AttendOptions options = new AttendOptions(false, AttendOptions.UNLIMITED, 0, 0, 0);
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new ProcessOperator<>(
            new Attend(AttendSettings.ofSequences(weights, options, groups, SAMPLE))),
        Block::key,
        TypeInformation.of(HeadKey.class));
  }

  private void assertNothingLeft() {
    assertThat(harness.numKeyedStateEntries()).as("state entries").isZero();
    assertThat(harness.numEventTimeTimers()).as("event time timers").isZero();
    assertThat(harness.numProcessingTimeTimers()).as("processing time timers").isZero();
  }
}
