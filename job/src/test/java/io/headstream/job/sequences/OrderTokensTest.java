package io.headstream.job.sequences;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.app.json.DeadLetterJson;
import io.headstream.job.app.json.TokenFormat;
import io.headstream.job.observe.DeadLetterOutput;
import io.headstream.job.records.Block;
import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.Token;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrderTokensTest {
  private static final int MAX_DISORDER = 3;
  private static final int BLOCK = 2;
  private static final int GAP = 100;
  private static final int MAX_POSITIONS = 50;

  private KeyedOneInputStreamOperatorTestHarness<String, Token, Block> harness;

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void aTokenInOrderIsHandedOnAtOnceAndTheLastOneLeavesNothing() throws Exception {
    open(0);
    process(token("a", 0), token("a", 1));
    assertThat(blocks()).containsExactly("a:0", "a:1");
    process(last("a", 2));
    assertThat(blocks()).containsExactly("a:0", "a:1", "a:2 ends");
    assertThat(letters()).isEmpty();
    assertNothingLeft();
  }

  @Test
  void tokensThatWaitedAreHandedOnInBlocksThatAreNotTooLong() throws Exception {
    open(0);
    process(token("a", 2), last("a", 3), token("a", 1));
    assertThat(blocks()).isEmpty();
    process(token("a", 0));
    assertThat(blocks()).containsExactly("a:0,1", "a:2,3 ends");
    assertNothingLeft();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void anyOrderWithinTheBoundGivesAllTokensInOrder(long seed) throws Exception {
    open(0);
    Random random = new Random(seed);
    List<Token> expected = new ArrayList<>();
    for (int position = 0; position < 40; position++) {
      expected.add(position == 39 ? last("a", position) : token("a", position));
    }
    // The first that is not in the input yet, or one of the next ones while they may wait.
    List<Token> left = new ArrayList<>(expected);
    List<Token> input = new ArrayList<>();
    while (!left.isEmpty()) {
      int first = left.get(0).position();
      long waiting = input.stream().filter(token -> token.position() > first).count();
      int choice = waiting < MAX_DISORDER ? random.nextInt(Math.min(left.size(), 4)) : 0;
      input.add(left.remove(choice));
    }
    process(input.toArray(Token[]::new));
    List<Token> actual = new ArrayList<>();
    harness.extractOutputValues().forEach(block -> actual.addAll(block.tokens()));
    assertThat(actual)
        .as("seed %d, %s", seed, input.stream().map(Token::position).toList())
        .extracting(Token::position)
        .isEqualTo(expected.stream().map(Token::position).toList());
    assertThat(letters()).as("seed %d", seed).isEmpty();
    assertNothingLeft();
  }

  @Test
  void oneMoreThanTheBoundEndsTheSequenceAndWhatWaitsIsIncomplete() throws Exception {
    open(0);
    process(token("a", 0), token("a", 2), token("a", 3), token("a", 4));
    assertThat(letters()).isEmpty();
    process(token("a", 5));
    assertThat(blocks()).containsExactly("a:0", "a:1 just ends");
    assertThat(letters())
        .containsExactly(
            "INCOMPLETE a:5 position 1 is missing and more than 3 tokens wait",
            "INCOMPLETE a:2 position 1 is missing and more than 3 tokens wait",
            "INCOMPLETE a:3 position 1 is missing and more than 3 tokens wait",
            "INCOMPLETE a:4 position 1 is missing and more than 3 tokens wait");
    assertNothingLeft();
    process(token("a", 0), last("a", 1)); // the ID is used again
    assertThat(blocks()).endsWith("a:0", "a:1 ends");
    assertNothingLeft();
  }

  @Test
  void withoutDisorderNothingWaits() throws Exception {
    harness = newHarness(0, new GapClock(0, false));
    harness.open();
    process(token("a", 1));
    assertThat(letters())
        .containsExactly("INCOMPLETE a:1 position 0 is missing and more than 0 tokens wait");
    assertThat(blocks()).as("nothing was handed on, so nobody is told of the end").isEmpty();
    assertNothingLeft();
  }

  @Test
  void whatWasAnsweredIsLateIdenticalOrNot() throws Exception {
    open(0);
    process(token("a", 0), token("a", 1), token("a", 0), other("a", 1), last("a", 1));
    assertThat(blocks()).containsExactly("a:0", "a:1");
    assertThat(letters())
        .containsExactly(
            "LATE a:0 position 0 was answered before, the next is 2",
            "LATE a:1 position 1 was answered before, the next is 2",
            "LATE a:1 position 1 was answered before, the next is 2");
    process(last("a", 2));
    assertNothingLeft();
  }

  @Test
  void anIdenticalTokenThatWaitsIsDroppedAndItsLastCounts() throws Exception {
    open(0);
    process(token("a", 1), token("a", 1), last("a", 1), token("a", 0));
    assertThat(blocks()).containsExactly("a:0,1 ends");
    assertThat(harness.extractOutputValues().get(0).tokens())
        .extracting(Token::last)
        .containsExactly(false, true);
    assertThat(letters()).isEmpty();
    assertThat(accumulator("duplicates-dropped")).isEqualTo(2L);
    assertNothingLeft();
  }

  @Test
  void contradictionsAreConflictsAndTheSequenceGoesOn() throws Exception {
    open(0);
    process(
        token("a", 0),
        token("a", 2),
        other("a", 2),
        last("a", 3),
        token("a", 4), // beyond the last one
        last("a", 1), // a second last
        last("a", 0)); // a second last, though answered before too
    assertThat(letters())
        .containsExactly(
            "CONFLICT a:2 position 2 came before with another embedding",
            "CONFLICT a:4 position 4 is beyond the last one, 3",
            "CONFLICT a:1 position 1 says last, as 3 did before",
            "CONFLICT a:0 position 0 says last, as 3 did before");
    process(token("a", 1));
    assertThat(blocks()).containsExactly("a:0", "a:1,2", "a:3 ends");
    assertNothingLeft();
  }

  @Test
  void whatWaitedBeyondTheLastOneIsAConflict() throws Exception {
    open(0);
    process(token("a", 1), token("a", 5), token("a", 6), last("a", 2), token("a", 0));
    assertThat(letters())
        .containsExactly(
            "CONFLICT a:5 position 5 is beyond the last one, 2",
            "CONFLICT a:6 position 6 is beyond the last one, 2");
    assertThat(blocks()).containsExactly("a:0,1", "a:2 ends");
    assertNothingLeft();
  }

  @Test
  void aTokenAfterTheEndBeginsANewSequenceThatWaitsForItsFirst() throws Exception {
    open(0);
    process(last("a", 0), token("a", 1));
    harness.processWatermark(Watermark.MAX_WATERMARK);
    assertThat(blocks()).containsExactly("a:0 ends");
    assertThat(letters()).containsExactly("INCOMPLETE a:1 sequence ended before position 0 came");
    assertNothingLeft();
  }

  @Test
  void theEndOfTheInputEndsEverySequence() throws Exception {
    open(GAP);
    process(token("a", 0), token("a", 2), token("b", 0), token("c", 9));
    harness.processWatermark(Watermark.MAX_WATERMARK);
    assertThat(blocks()).containsExactly("a:0", "b:0", "a:1 just ends", "b:1 just ends");
    assertThat(letters())
        .containsExactlyInAnyOrder(
            "INCOMPLETE a:2 sequence ended before position 1 came",
            "INCOMPLETE c:9 sequence ended before position 0 came");
    assertNothingLeft();
  }

  @Test
  void aSequenceThatGetsNoTokenForAWhileEnds() throws Exception {
    open(GAP);
    harness.setProcessingTime(1000);
    process(token("a", 0), token("a", 2), token("b", 0));
    harness.setProcessingTime(1000 + GAP - 1);
    process(token("b", 1));
    harness.setProcessingTime(1000 + GAP);
    assertThat(blocks()).containsExactly("a:0", "b:0", "b:1", "a:1 just ends");
    assertThat(letters()).containsExactly("INCOMPLETE a:2 sequence ended before position 1 came");
    harness.setProcessingTime(1000 + 2 * GAP - 2);
    assertThat(blocks()).hasSize(4);
    harness.setProcessingTime(1000 + 2 * GAP - 1);
    assertThat(blocks()).endsWith("b:2 just ends");
    assertNothingLeft();
  }

  @Test
  void aGapInTheTimeOfTheTokensEndsASequenceThoughTheWatermarkIsBehind() throws Exception {
    harness = newHarness(MAX_DISORDER, new GapClock(GAP, true));
    harness.open();
    process(at("a", 0, 5), at("a", 1, 5 + GAP), at("a", 0, 6 + 2 * GAP));
    assertThat(blocks()).containsExactly("a:0", "a:1", "a:2 just ends", "a:0");
    harness.processWatermark(6 + 3 * GAP - 1);
    assertThat(blocks()).hasSize(4);
    harness.processWatermark(6 + 3 * GAP);
    assertThat(blocks()).endsWith("a:0", "a:1 just ends");
    assertNothingLeft();
  }

  @Test
  void positionsAreCountedAsTokensArrive() throws Exception {
    open(0);
    for (int i = 0; i < 3; i++) {
      process(token("a", Token.ON_ARRIVAL), token("b", Token.ON_ARRIVAL));
    }
    process(last("a", Token.ON_ARRIVAL), token("a", Token.ON_ARRIVAL));
    assertThat(blocks())
        .containsExactly("a:0", "b:0", "a:1", "b:1", "a:2", "b:2", "a:3 ends", "a:0");
  }

  /** The bound is 2^31 - 1 outside of tests, which a stream that never ends reaches in the end. */
  @Test
  void aSequenceEndsWhereItsPositionsDo() throws Exception {
    open(0);
    process(token("a", MAX_POSITIONS), token("a", Integer.MAX_VALUE));
    for (int i = 0; i < MAX_POSITIONS + 2; i++) {
      process(token("a", Token.ON_ARRIVAL));
    }
    assertThat(letters())
        .containsExactly(
            "TOO_LONG a:50 a sequence has at most 50 tokens",
            "TOO_LONG a:2147483647 a sequence has at most 50 tokens",
            "TOO_LONG a:50 a sequence has at most 50 tokens");
    assertThat(blocks()).endsWith("a:49", "a:50 just ends", "a:0");
  }

  @Test
  void whatWaitsIsThereAfterARestart() throws Exception {
    open(GAP);
    process(token("a", 0), token("a", 2), last("a", 3));
    OperatorSubtaskState snapshot = harness.snapshot(1, 1);
    harness.close();
    harness = newHarness(MAX_DISORDER, new GapClock(GAP, false));
    harness.setup();
    harness.initializeState(snapshot);
    harness.open();
    process(token("a", 0), token("a", 4), token("a", 1));
    assertThat(blocks()).containsExactly("a:1,2", "a:3 ends");
    assertThat(letters())
        .containsExactly(
            "LATE a:0 position 0 was answered before, the next is 1",
            "CONFLICT a:4 position 4 is beyond the last one, 3");
    assertNothingLeft();
  }

  @Test
  void timeInWhichTheJobStoodStillIsNoSilence() throws Exception {
    open(GAP);
    harness.setProcessingTime(1);
    process(token("a", 0), token("a", 2));
    OperatorSubtaskState snapshot = harness.snapshot(1, 1);
    harness.close();
    harness = newHarness(MAX_DISORDER, new GapClock(GAP, false));
    harness.setup();
    harness.initializeState(snapshot);
    harness.open();
    harness.setProcessingTime(100 * GAP);
    process(token("a", 1));
    assertThat(blocks()).containsExactly("a:1,2");
    harness.setProcessingTime(101 * GAP - 1);
    assertThat(blocks()).containsExactly("a:1,2");
    harness.setProcessingTime(101 * GAP);
    assertThat(blocks()).containsExactly("a:1,2", "a:3 just ends");
    assertThat(letters()).isEmpty();
    assertNothingLeft();
  }

  @Test
  void aBlockIsCutByWhatItsLabelsTakeToo() throws Exception {
    open(0);
    String label = "x".repeat(1024 * 1024);
    process(labelled(1, label), labelled(2, label), labelled(0, label));
    assertThat(blocks()).containsExactly("a:0", "a:1", "a:2");
  }

  private static Token labelled(int position, String label) {
    Token token = token("a", position);
    return new Token(
        token.sequenceId(),
        position,
        token.embedding(),
        label,
        token.timestamp(),
        token.last(),
        token.source());
  }

  private void open(long gapMillis) throws Exception {
    harness = newHarness(MAX_DISORDER, new GapClock(gapMillis, false));
    harness.open();
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, Token, Block> newHarness(
      int maxDisorder, GapClock gap) throws Exception {
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new KeyedProcessOperator<>(new OrderTokens(2, maxDisorder, gap, BLOCK, MAX_POSITIONS)),
        Token::sequenceId,
        Types.STRING);
  }

  private void process(Token... tokens) throws Exception {
    for (Token token : tokens) {
      harness.processElement(new StreamRecord<>(token));
    }
  }

  /** What came out: {@code ID:positions}, and whether it ends. */
  private List<String> blocks() {
    List<String> blocks = new ArrayList<>();
    for (Block block : harness.extractOutputValues()) {
      List<String> positions =
          block.tokens().stream().map(token -> String.valueOf(token.position())).toList();
      String what =
          positions.isEmpty() ? block.firstPosition() + " just" : String.join(",", positions);
      blocks.add(block.sequenceId() + ":" + what + (block.ends() ? " ends" : ""));
      if (!positions.isEmpty()) {
        assertThat(block.firstPosition()).isEqualTo(block.tokens().get(0).position());
      }
    }
    return blocks;
  }

  private List<String> letters() {
    List<String> letters = new ArrayList<>();
    var output = harness.getSideOutput(DeadLetterOutput.TAG);
    if (output != null) {
      output.forEach(record -> letters.add(text(record.getValue())));
    }
    return letters;
  }

  @Test
  void aTokenOfAnotherDimensionIsADeadLetterAndTheSequenceGoesOn() throws Exception {
    open(8);
    process(token("a", 0), token("a", 1).withEmbedding(new float[] {1, 2, 3}), last("a", 1));
    assertThat(letters())
        .containsExactly("WRONG_DIMENSION a:1 embedding has 3 numbers, model-dim is 2");
    assertNothingLeft();
  }

  private static String text(DeadLetter letter) {
    String record =
        new String(
            DeadLetterJson.record(letter, TokenFormat.DEFAULT).bytes(), StandardCharsets.UTF_8);
    String token = record.replaceAll("\\{\"sequence_id\":\"(.)\",\"position\":(\\d+).*", "$1:$2");
    return letter.reason() + " " + token + " " + letter.detail();
  }

  private Object accumulator(String name) {
    return harness.getEnvironment().getAccumulatorRegistry().getUserMap().get(name).getLocalValue();
  }

  private void assertNothingLeft() {
    assertThat(harness.numKeyedStateEntries()).as("state entries").isZero();
    assertThat(harness.numEventTimeTimers()).as("event time timers").isZero();
    assertThat(harness.numProcessingTimeTimers()).as("processing time timers").isZero();
  }

  private static Token token(String id, int position) {
    return new Token(id, position, new float[] {position, -1}, null, null, false, "s");
  }

  private static Token last(String id, int position) {
    return token(id, position).withLast(true);
  }

  private static Token other(String id, int position) {
    return token(id, position).withEmbedding(new float[] {9, 9});
  }

  private static Token at(String id, int position, long timestamp) {
    return new Token(id, position, new float[] {position, -1}, null, timestamp, false, "s");
  }
}
