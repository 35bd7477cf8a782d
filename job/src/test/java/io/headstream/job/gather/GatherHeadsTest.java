package io.headstream.job.gather;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.attention.AttentionOptions;
import io.headstream.attention.AttentionWeights;
import io.headstream.attention.HeadGroup;
import io.headstream.attention.MultiHeadAttention;
import io.headstream.job.app.json.DeadLetterJson;
import io.headstream.job.app.json.TokenFormat;
import io.headstream.job.deadletters.DeadLetterOutput;
import io.headstream.job.layer.LayerWeights;
import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.HeadResult;
import io.headstream.job.records.Reason;
import io.headstream.job.records.SequenceChunk;
import io.headstream.job.records.Token;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatherHeadsTest {
  private static final int MODEL_DIM = 16;
  private static final int GROUPS = 4;
  private static final long WEIGHTS_SEED = 7;
  private static final int CHUNK = 3;

  private final MultiHeadAttention layer =
      new MultiHeadAttention(
          AttentionWeights.xavierUniform(MODEL_DIM, GROUPS, GROUPS, WEIGHTS_SEED));
  private KeyedTwoInputStreamOperatorTestHarness<String, HeadResult, SequenceChunk, Token> harness;

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
    List<Queue<Object>> senders = new ArrayList<>();
    for (int sender = 0; sender <= GROUPS; sender++) {
      senders.add(new ArrayDeque<>());
    }
    for (int use = 0; use < 3; use++) {
      List<Token> tokens = tokens(1 + random.nextInt(8), random);
      expected.addAll(send(tokens, senders));
    }
    boolean restarted = false;
    while (senders.stream().anyMatch(sender -> !sender.isEmpty())) {
      Object next = senders.get(random.nextInt(senders.size())).poll();
      if (next instanceof HeadResult result) {
        harness.processElement1(new StreamRecord<>(result));
      } else if (next instanceof SequenceChunk chunk) {
        harness.processElement2(new StreamRecord<>(chunk));
      }
      if (!restarted && random.nextInt(10) == 0) {
        restarted = true;
        expected = expected.subList(harness.extractOutputValues().size(), expected.size());
        restart();
      }
    }
    List<Token> actual = harness.extractOutputValues();
    assertThat(actual).as("seed %d", seed).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.get(i).position()).isEqualTo(expected.get(i).position());
      assertThat(actual.get(i).embedding())
          .as("seed %d, token %d", seed, i)
          .containsExactly(expected.get(i).embedding());
    }
    assertNothingLeft();
  }

  @Test
  void anAnswerThatIsNotFiniteIsADeadLetterWithTheTokenAsItCame() throws Exception {
    SplittableRandom random = new SplittableRandom(1);
    List<Token> tokens = tokens(2, random);
    List<Queue<Object>> senders = new ArrayList<>();
    for (int sender = 0; sender <= GROUPS; sender++) {
      senders.add(new ArrayDeque<>());
    }
    send(tokens, senders);
    for (int group = 0; group < GROUPS; group++) {
      HeadResult result = (HeadResult) senders.get(group).poll();
      result.columns()[0] = Float.POSITIVE_INFINITY; // of the first token
      harness.processElement1(new StreamRecord<>(result));
    }
    harness.processElement2(new StreamRecord<>((SequenceChunk) senders.get(GROUPS).poll()));
    assertThat(harness.extractOutputValues()).extracting(Token::position).containsExactly(1);
    List<DeadLetter> letters = new ArrayList<>();
    harness.getSideOutput(DeadLetterOutput.TAG).forEach(record -> letters.add(record.getValue()));
    assertThat(letters).hasSize(1);
    assertThat(letters.get(0).reason()).isEqualTo(Reason.NOT_FINITE);
    assertThat(letters.get(0).detail()).isEqualTo("answer");
    assertThat(
            new String(
                DeadLetterJson.record(letters.get(0), TokenFormat.DEFAULT).bytes(),
                StandardCharsets.UTF_8))
        .startsWith("{\"sequence_id\":\"again\",\"position\":0,\"embedding\":[")
        .contains(Float.toString(tokens.get(0).embedding()[0]).substring(0, 5));
    assertNothingLeft();
  }

  /** Queues a sequence's chunks and head results with their senders; what the layer answers. */
  private List<Token> send(List<Token> tokens, List<Queue<Object>> senders) {
    int length = tokens.size();
    float[] x = new SequenceChunk("again", length, tokens).embeddings();
    for (int from = 0; from < length; from += CHUNK) {
      int to = Math.min(length, from + CHUNK);
      senders.get(GROUPS).add(new SequenceChunk("again", length, tokens.subList(from, to)));
    }
    for (int group = 0; group < GROUPS; group++) {
      HeadGroup heads = layer.headGroup(group, GROUPS);
      int width = heads.columns();
      float[] columns = new float[length * width];
      heads.attend(length, x, 0, columns, 0, AttentionOptions.defaults());
      for (int from = 0; from < length; from += CHUNK) {
        int to = Math.min(length, from + CHUNK);
        float[] piece = Arrays.copyOfRange(columns, from * width, to * width);
        senders.get(group).add(new HeadResult("again", group, length, from, piece));
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

  private static KeyedTwoInputStreamOperatorTestHarness<String, HeadResult, SequenceChunk, Token>
      newHarness() throws Exception {
    LayerWeights weights = LayerWeights.seeded(WEIGHTS_SEED, MODEL_DIM, GROUPS, GROUPS);
    return new KeyedTwoInputStreamOperatorTestHarness<>(
        new KeyedCoProcessOperator<>(new GatherHeads(weights, GROUPS, true)),
        HeadResult::sequenceId,
        SequenceChunk::sequenceId,
        Types.STRING);
  }

  private void assertNothingLeft() {
    assertThat(harness.numKeyedStateEntries()).as("state entries").isZero();
    assertThat(harness.numEventTimeTimers()).as("event time timers").isZero();
    assertThat(harness.numProcessingTimeTimers()).as("processing time timers").isZero();
  }
}
