package io.headstream.job.sequences;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.app.json.DeadLetterJson;
import io.headstream.job.app.json.TokenFormat;
import io.headstream.job.observe.DeadLetterOutput;
import io.headstream.job.records.Block;
import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.Reason;
import io.headstream.job.records.Token;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
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
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CollectSequencesTest {
  private static final int MAX_LENGTH = 8;

  private KeyedOneInputStreamOperatorTestHarness<String, Token, Block> harness;

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void aSequenceIsHandedOnWholeAndInOrderHoweverItsTokensCome(long seed) throws Exception {
    open(0);
    List<Token> tokens = new ArrayList<>();
    for (int length = 1; length <= MAX_LENGTH; length++) {
      for (int position = 0; position < length; position++) {
        tokens.add(token("s" + length, position, position == length - 1));
      }
    }
    Collections.shuffle(tokens, new Random(seed));
    process(tokens.toArray(Token[]::new));
    assertThat(sequences()).as("seed %d", seed).hasSize(MAX_LENGTH);
    for (Block sequence : sequences()) {
      assertThat(sequence.sequenceId()).isEqualTo("s" + sequence.rows());
      assertThat(sequence.tokens()).extracting(Token::position).isSorted();
      assertThat(sequence.tokens()).hasSize(sequence.rows());
    }
    assertNothingLeft();
  }

  @Test
  void anIdMayBeUsedAgainOnceItsSequenceHasEnded() throws Exception {
    open(0);
    process(token("a", 0, true), token("a", 1, true), token("a", 0, false), token("a", 0, true));
    assertThat(sequences()).extracting(Block::rows).containsExactly(1, 2, 1);
    assertNothingLeft();
  }

  @Test
  void aTokenOfAnotherDimensionIsADeadLetterAndOpensNoSequence() throws Exception {
    open(0);
    process(token("a", 0, true).withEmbedding(new float[0]));
    assertThat(sequences()).isEmpty();
    assertThat(deadLetters())
        .singleElement()
        .asString()
        .contains("WRONG_DIMENSION", "embedding has 0 numbers, model-dim is 2");
    assertNothingLeft();
  }

  @Test
  void anIdenticalTokenIsDroppedAndItsLastCounts() throws Exception {
    open(0);
    process(token("a", 1, false), token("a", 1, false), token("a", 0, false), token("a", 1, true));
    assertThat(sequences()).hasSize(1);
    assertThat(sequences().get(0).tokens()).extracting(Token::last).containsExactly(false, true);
    assertThat(deadLetters()).isEmpty();
    assertThat(
            harness
                .getEnvironment()
                .getAccumulatorRegistry()
                .getUserMap()
                .get("duplicates-dropped")
                .getLocalValue())
        .isEqualTo(2L);
    assertNothingLeft();
  }

  @Test
  void contradictionsAreConflictsAndTheSequenceGoesOn() throws Exception {
    open(0);
    process(
        token("a", 0, false),
        Token.of("a", 0, new float[] {9, 9}, true), // another embedding: its last does not count
        token("a", 2, true),
        token("a", 3, false), // beyond the last one
        token("a", 1, true), // a second last
        token("a", 1, false));
    assertThat(sequences()).extracting(Block::rows).containsExactly(3);
    assertThat(deadLetters())
        .extracting(DeadLetter::reason)
        .containsExactly(Reason.CONFLICT, Reason.CONFLICT, Reason.CONFLICT);
    assertThat(deadLetters())
        .extracting(DeadLetter::detail)
        .containsExactly(
            "position 0 came before with another embedding",
            "position 3 is beyond the last one, 2",
            "position 1 says last, as 2 did before");
    assertThat(
            new String(
                DeadLetterJson.record(deadLetters().get(0), TokenFormat.DEFAULT).bytes(),
                StandardCharsets.UTF_8))
        .isEqualTo("{\"sequence_id\":\"a\",\"position\":0,\"embedding\":[9.0,9.0],\"last\":true}");
    assertNothingLeft();
  }

  @Test
  void whatCameBeyondTheLastOneIsAConflictWhicheverCameFirst() throws Exception {
    open(0);
    process(token("a", 3, false), token("a", 0, false), token("a", 2, false), token("a", 1, true));
    assertThat(sequences()).extracting(Block::rows).containsExactly(2);
    assertThat(deadLetters())
        .extracting(DeadLetter::detail)
        .containsExactlyInAnyOrder(
            "position 2 is beyond the last one, 1", "position 3 is beyond the last one, 1");
    assertNothingLeft();
  }

  @Test
  void everyTokenOfALongerSequenceIsRefusedUntilItEnds() throws Exception {
    open(0);
    for (int position = 0; position < MAX_LENGTH + 3; position++) {
      process(token("a", position, position == MAX_LENGTH + 2));
    }
    assertThat(sequences()).isEmpty();
    assertThat(deadLetters()).hasSize(MAX_LENGTH + 3);
    assertThat(deadLetters()).extracting(DeadLetter::reason).containsOnly(Reason.TOO_LONG);
    assertThat(deadLetters()).extracting(DeadLetter::source).doesNotHaveDuplicates();
    assertNothingLeft();
    process(token("a", 0, true));
    assertThat(sequences()).hasSize(1);
    assertNothingLeft();
  }

  @Test
  void aRepeatedTokenDoesNotStandForAPositionThatIsMissing() throws Exception {
    open(0);
    for (int position : new int[] {0, 12, 14, 1, 14, 14}) {
      process(token("a", position, false));
    }
    process(token("a", 14, true));
    for (int n = 0; n < 10; n++) {
      process(token("a", 0, false));
    }
    assertThat(sequences()).isEmpty();
    assertThat(deadLetters()).hasSize(17);
    for (int position : new int[] {2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13}) {
      process(token("a", position, false));
    }
    assertThat(deadLetters()).extracting(DeadLetter::reason).containsOnly(Reason.TOO_LONG);
    assertThat(deadLetters()).hasSize(28);
    assertNothingLeft();
  }

  @Test
  void whatWasRefusedBeyondTheLastOneDoesNotStandForAPositionThatIsMissing() throws Exception {
    open(0);
    process(token("a", 0, false), token("a", 5000, false), token("a", Integer.MAX_VALUE, false));
    process(token("a", 11, false), token("a", 10, true)); // three are beyond it now
    for (int position = 1; position < 9; position++) {
      process(token("a", position, false));
    }
    process(token("a", 0, true), token("a", 0, false)); // a second last, and a repetition
    assertThat(sequences()).isEmpty();
    process(token("a", 9, false));
    assertNothingLeft();
    process(token("a", 0, true));
    assertThat(sequences()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aRefusedSequenceEndsWithItsLastMissingPositionHoweverItsTokensCome(long seed)
      throws Exception {
    open(0);
    int length = 3000; // over several pages of positions
    List<Token> tokens = new ArrayList<>();
    for (int position = 0; position < length; position++) {
      tokens.add(token("a", position, position == length - 1));
    }
    Collections.shuffle(tokens, new Random(seed));
    Token missing = tokens.remove(0);
    tokens.addAll(List.copyOf(tokens.subList(0, length / 2)));
    process(tokens.toArray(Token[]::new));
    assertThat(harness.numKeyedStateEntries()).as("seed %d", seed).isPositive();
    process(missing);
    assertThat(deadLetters()).as("seed %d", seed).hasSize(tokens.size() + 1);
    assertNothingLeft();
  }

  @Test
  void aRefusedSequenceSurvivesARestart() throws Exception {
    open(0);
    process(token("a", 20, true), token("a", 0, false), token("a", 20, true));
    restart();
    for (int position = 0; position < 19; position++) {
      process(token("a", position, false));
    }
    assertThat(harness.numKeyedStateEntries()).isPositive();
    process(token("a", 19, false));
    assertThat(deadLetters()).extracting(DeadLetter::reason).containsOnly(Reason.TOO_LONG);
    assertNothingLeft();
  }

  @Test
  void aPositionFarAwayCostsNoMemory() throws Exception {
    open(0);
    process(token("a", 0, false), token("a", Integer.MAX_VALUE, false), token("a", 1, true));
    assertThat(deadLetters()).extracting(DeadLetter::reason).containsOnly(Reason.TOO_LONG);
    assertThat(deadLetters()).hasSize(3);
    assertNothingLeft();
  }

  /** Walking the positions between would take minutes; looking at what is kept takes no time. */
  @Test
  @Timeout(60)
  void aPositionFarAwayCostsNoTime() throws Exception {
    int far = Integer.MAX_VALUE - 1;
    harness = newHarness(Integer.MAX_VALUE, 0);
    harness.open();
    process(token("beyond", far, false), token("beyond", far - 1, false));
    process(token("beyond", 1, true), token("beyond", 0, false));
    process(token("hole", far, false), token("hole", 1, false), token("hole", 0, false));
    process(token("refused", far, false), token("refused", far + 1, false));
    harness.processWatermark(Watermark.MAX_WATERMARK);
    assertThat(sequences()).extracting(Block::sequenceId).containsExactly("beyond");
    assertThat(deadLetters())
        .extracting(DeadLetter::detail)
        .containsExactly(
            "position 2147483645 is beyond the last one, 1",
            "position 2147483646 is beyond the last one, 1",
            "sequence is longer than max-length, 2147483647",
            "sequence is longer than max-length, 2147483647",
            "sequence ended after 3 tokens, position 2 is missing",
            "sequence ended after 3 tokens, position 2 is missing",
            "sequence ended after 3 tokens, position 2 is missing");
    assertThat(deadLetters())
        .extracting(DeadLetter::source)
        .endsWith("hole:0", "hole:1", "hole:" + far);
    assertNothingLeft();
  }

  @Test
  void theEndOfTheInputEndsEverySequence() throws Exception {
    open(0);
    process(
        token("whole", 1, false),
        token("whole", 0, false),
        token("hole", 0, false),
        token("hole", 2, false),
        token("cut", 0, false),
        token("cut", 3, true),
        token("long", 100, false));
    assertThat(sequences()).isEmpty();
    harness.processWatermark(Watermark.MAX_WATERMARK);
    assertThat(sequences()).extracting(Block::sequenceId).containsExactly("whole");
    assertThat(deadLetters())
        .extracting(letter -> letter.reason() + " " + letter.detail())
        .containsExactlyInAnyOrder(
            "TOO_LONG sequence is longer than max-length, 8",
            "INCOMPLETE sequence ended after 2 tokens, position 1 is missing",
            "INCOMPLETE sequence ended after 2 tokens, position 1 is missing",
            "INCOMPLETE sequence ended after 2 tokens, position 1 is missing",
            "INCOMPLETE sequence ended after 2 tokens, position 1 is missing");
    assertNothingLeft();
  }

  @Test
  void aSessionGapEndsASequenceOnceNoTokenCameForSoLong() throws Exception {
    open(100);
    harness.setProcessingTime(1000);
    process(token("a", 0, false));
    harness.setProcessingTime(1090);
    process(token("a", 1, false));
    harness.setProcessingTime(1189);
    assertThat(sequences()).isEmpty();
    harness.setProcessingTime(1190);
    assertThat(sequences()).extracting(Block::rows).containsExactly(2);
    assertThat(sequences().get(0).tokens()).extracting(Token::last).containsExactly(false, false);
    assertNothingLeft();
  }

  @Test
  void aSequenceThatCompletesLeavesNoGapTimer() throws Exception {
    open(100);
    process(token("a", 0, false), token("a", 1, true));
    assertNothingLeft();
    process(token("b", 1, false));
    harness.setProcessingTime(5000);
    assertThat(deadLetters()).extracting(DeadLetter::reason).containsExactly(Reason.INCOMPLETE);
    assertNothingLeft();
  }

  @Test
  void positionsAreCountedOnArrival() throws Exception {
    open(0);
    process(
        token("a", Token.ON_ARRIVAL, false),
        token("b", Token.ON_ARRIVAL, false),
        token("a", Token.ON_ARRIVAL, false),
        token("a", Token.ON_ARRIVAL, true),
        token("a", Token.ON_ARRIVAL, true));
    assertThat(sequences()).extracting(Block::rows).containsExactly(3, 1);
    assertThat(sequences().get(0).tokens()).extracting(Token::position).containsExactly(0, 1, 2);
    harness.processWatermark(Watermark.MAX_WATERMARK);
    assertThat(sequences()).hasSize(3);
    assertNothingLeft();
  }

  @Test
  void openSequencesSurviveARestart() throws Exception {
    open(0);
    process(token("a", 2, true), token("a", 0, false), token("b", 0, false));
    restart();
    process(token("a", 1, false));
    assertThat(sequences()).extracting(Block::rows).containsExactly(3);
    harness.processWatermark(Watermark.MAX_WATERMARK);
    assertThat(sequences()).hasSize(2);
    assertNothingLeft();
  }

  private void restart() throws Exception {
    OperatorSubtaskState snapshot = harness.snapshot(1, 1);
    harness.close();
    harness = newHarness(MAX_LENGTH, 0);
    harness.setup();
    harness.initializeState(snapshot);
    harness.open();
  }

  private void open(long gapMillis) throws Exception {
    harness = newHarness(MAX_LENGTH, gapMillis);
    harness.open();
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, Token, Block> newHarness(
      int maxLength, long gapMillis) throws Exception {
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new KeyedProcessOperator<>(new CollectSequences(2, maxLength, gapMillis)),
        Token::sequenceId,
        Types.STRING);
  }

  private void process(Token... tokens) throws Exception {
    for (Token token : tokens) {
      harness.processElement(new StreamRecord<>(token));
    }
  }

  private List<Block> sequences() {
    return harness.extractOutputValues();
  }

  private List<DeadLetter> deadLetters() {
    List<DeadLetter> letters = new ArrayList<>();
    var output = harness.getSideOutput(DeadLetterOutput.TAG);
    if (output != null) {
      output.forEach(record -> letters.add(record.getValue()));
    }
    return letters;
  }

  private void assertNothingLeft() {
    assertThat(harness.numKeyedStateEntries()).as("state entries").isZero();
    assertThat(harness.numEventTimeTimers()).as("event time timers").isZero();
    assertThat(harness.numProcessingTimeTimers()).as("processing time timers").isZero();
  }

  private static Token token(String id, int position, boolean last) {
    return new Token(
        id, position, new float[] {position, -1}, null, null, last, id + ":" + position);
  }
}
