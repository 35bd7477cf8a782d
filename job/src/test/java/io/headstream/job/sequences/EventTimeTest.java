package io.headstream.job.sequences;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.job.observe.DeadLetterOutput;
import io.headstream.job.records.Block;
import io.headstream.job.records.Token;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens in order of time, and session gaps in that time. */
class EventTimeTest {
  private static final int MAX_WAITING = 8;
  private static final long GAP = 100;

  private KeyedOneInputStreamOperatorTestHarness<String, Token, Token> order;
  private KeyedOneInputStreamOperatorTestHarness<String, Token, Block> collect;

  @AfterEach
  void close() throws Exception {
    order.close();
    collect.close();
  }

  EventTimeTest() throws Exception {
    order = harness(new EventTimeOrder(MAX_WAITING));
    order.open();
    collect = harness(new CollectSequences(1, 64, GAP, true));
    collect.open();
  }

  @Test
  void tokensGoOnInOrderOfTimeOnceTheWatermarkHasPassedThem() throws Exception {
    put(token("a", 2, 30), token("a", 0, 10), token("a", 1, 20), token("a", 3, 30));
    assertThat(order.extractOutputValues()).isEmpty();
    order.processWatermark(new Watermark(20));
    assertThat(order.extractOutputValues()).extracting(Token::position).containsExactly(0, 1);
    put(token("a", 7, 15)); // late
    assertThat(order.extractOutputValues()).extracting(Token::position).containsExactly(0, 1, 7);
    order.processWatermark(new Watermark(30));
    assertThat(order.extractOutputValues())
        .extracting(Token::position)
        .containsExactly(0, 1, 7, 2, 3);
    assertNothingLeft(order);
  }

  @Test
  void whatWaitsSurvivesARestart() throws Exception {
    put(token("a", 1, 20), token("a", 0, 10), token("b", 0, 15));
    OperatorSubtaskState snapshot = order.snapshot(1, 1);
    order.close();
    order = harness(new EventTimeOrder(MAX_WAITING));
    order.setup();
    order.initializeState(snapshot);
    order.open();
    order.processWatermark(Watermark.MAX_WATERMARK);
    assertThat(order.extractOutputValues()).extracting(Token::timestamp).isSorted().hasSize(3);
    assertNothingLeft(order);
  }

  @Test
  void noMoreThanAskedForWaitAndNothingIsLost() throws Exception {
    long seed = 9;
    Random random = new Random(seed);
    for (int n = 0; n < 1000; n++) {
      put(token("a", n, random.nextInt(1_000_000)));
      int gone = order.extractOutputValues().size();
      assertThat(n + 1 - gone).as("waiting, seed %d", seed).isBetween(0, MAX_WAITING);
    }
    order.processWatermark(Watermark.MAX_WATERMARK);
    assertThat(order.extractOutputValues())
        .extracting(Token::position)
        .hasSize(1000)
        .doesNotHaveDuplicates();
    assertNothingLeft(order);
  }

  @Test
  void aTokenWithoutATimestampIsAnError() {
    assertThatThrownBy(() -> put(Token.of("a", 3, new float[] {1}, false)))
        .hasStackTraceContaining("token 3 of sequence 'a' has no timestamp");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void sessionsDoNotDependOnArrivalOrTheWatermarksSteps(long seed) throws Exception {
    Random random = new Random(seed);
    List<Token> tokens = new ArrayList<>();
    for (int session = 0; session < 6; session++) {
      for (int position = 0; position < 5; position++) {
        // Neighbours in a session lie the whole gap apart, sessions one millisecond more.
        tokens.add(token("a", position, session * (5 * GAP + 1) + position * GAP - 3000));
      }
    }
    Collections.shuffle(tokens, random);
    // As EventTimeOrder does it, but with room for all.
    tokens.sort((a, b) -> Long.compare(a.timestamp(), b.timestamp()));
    for (Token token : tokens) {
      if (random.nextInt(3) == 0) {
        collect.processWatermark(new Watermark(token.timestamp() - 1));
      }
      collect.processElement(new StreamRecord<>(token));
    }
    collect.processWatermark(Watermark.MAX_WATERMARK);
    assertThat(collect.extractOutputValues())
        .as("seed %d", seed)
        .extracting(Block::rows)
        .containsExactly(5, 5, 5, 5, 5, 5);
    assertThat(collect.getSideOutput(DeadLetterOutput.TAG)).isNull();
    assertNothingLeft(collect);
  }

  @Test
  void theWatermarkEndsASequenceAGapBehindItsNewestToken() throws Exception {
    collect.processElement(new StreamRecord<>(token("a", 1, 1050)));
    collect.processElement(new StreamRecord<>(token("a", 0, 1000)));
    collect.processWatermark(new Watermark(1149));
    assertThat(collect.extractOutputValues()).isEmpty();
    collect.processWatermark(new Watermark(1150));
    assertThat(collect.extractOutputValues()).hasSize(1);
    assertNothingLeft(collect);
    // Late ones begin a sequence that the next step of the watermark ends.
    collect.processElement(new StreamRecord<>(token("a", 0, 1060)));
    collect.processWatermark(new Watermark(1162));
    assertThat(collect.extractOutputValues()).hasSize(2);
    assertNothingLeft(collect);
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -100, 0, Long.MAX_VALUE - 50, Long.MAX_VALUE})
  void anyTimestampIsATime(long timestamp) throws Exception {
    collect.processElement(new StreamRecord<>(token("a", 0, timestamp)));
    collect.processElement(new StreamRecord<>(token("a", 1, timestamp)));
    collect.processWatermark(Watermark.MAX_WATERMARK);
    assertThat(collect.extractOutputValues()).extracting(Block::rows).containsExactly(2);
    assertNothingLeft(collect);
  }

  private void put(Token... tokens) throws Exception {
    for (Token token : tokens) {
      order.processElement(new StreamRecord<>(token));
    }
  }

  private static <O> KeyedOneInputStreamOperatorTestHarness<String, Token, O> harness(
      KeyedProcessFunction<String, Token, O> function) throws Exception {
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new KeyedProcessOperator<>(function), Token::sequenceId, Types.STRING);
  }

  private static void assertNothingLeft(KeyedOneInputStreamOperatorTestHarness<?, ?, ?> harness) {
    assertThat(harness.numKeyedStateEntries()).as("state entries").isZero();
    assertThat(harness.numEventTimeTimers()).as("event time timers").isZero();
    assertThat(harness.numProcessingTimeTimers()).as("processing time timers").isZero();
  }

  private static Token token(String id, int position, long timestamp) {
    return new Token(id, position, new float[] {position}, null, timestamp, false, "t:" + position);
  }
}
