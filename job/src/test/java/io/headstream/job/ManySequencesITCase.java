package io.headstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.gather.GatherHeads;
import io.headstream.job.heads.AttendTokens;
import io.headstream.job.heads.AttendTokensInOnePlace;
import io.headstream.job.heads.ContextBounds;
import io.headstream.job.heads.FanOutTokens;
import io.headstream.job.heads.TokenSettings;
import io.headstream.job.layer.AttendOptions;
import io.headstream.job.layer.LayerWeights;
import io.headstream.job.records.HeadBlock;
import io.headstream.job.records.HeadKey;
import io.headstream.job.records.HeadResult;
import io.headstream.job.records.SequenceChunk;
import io.headstream.job.records.Token;
import io.headstream.job.records.TokenBlock;
import io.headstream.job.sequences.OrderTokens;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.runtime.state.heap.HeapKeyedStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.state.rocksdb.RocksDBKeyedStateBackend;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A hundred thousand sequences that end, or go quiet, leave neither state nor timers. */
class ManySequencesITCase {
  private static final int SEQUENCES = 100_000;
  private static final int MODEL_DIM = 4;
  private static final long IDLE_MILLIS = 1000;

  @ParameterizedTest(name = "{0}, {1} head groups")
  @CsvSource({"heap, 1", "rocksdb, 1", "heap, 2", "rocksdb, 2"})
  void nothingIsLeftOfThem(String backend, int groups) throws Exception {
    try (var order = order(backend(backend));
        Answering answering =
            groups == 1 ? new InOnePlace(backend(backend)) : new FannedOut(backend(backend))) {
      order.open();
      order.setProcessingTime(1);
      for (int s = 0; s < SEQUENCES; s++) {
        String id = "s" + s;
        process(order, id, 0, false);
        // A third ends, a third goes quiet, and a third does while a token waits.
        process(order, id, s % 3 == 2 ? 2 : 1, s % 3 == 0);
        hand(order, answering);
      }
      assertThat(entries(order)).isGreaterThanOrEqualTo(SEQUENCES / 3 * 2);
      assertThat(entries(answering.operators().get(0)))
          .isGreaterThanOrEqualTo(SEQUENCES / 3 * 2 * groups);
      assertThat(answering.answers()).isEqualTo(answersTo(SEQUENCES));
      assertThat(order.numProcessingTimeTimers()).isEqualTo(SEQUENCES - (SEQUENCES + 2) / 3);

      order.setProcessingTime(1 + IDLE_MILLIS);
      hand(order, answering);
      List<AbstractStreamOperatorTestHarness<?>> operators = new ArrayList<>();
      operators.add(order);
      operators.addAll(answering.operators());
      for (AbstractStreamOperatorTestHarness<?> operator : operators) {
        // On RocksDB timers are entries too, and their removals wait in a batch, which nothing but
        // a snapshot writes out for certain.
        operator.snapshot(1, 1);
        assertThat(operator.numProcessingTimeTimers()).as("processing time timers").isZero();
        assertThat(operator.numEventTimeTimers()).as("event time timers").isZero();
        assertThat(entries(operator)).as("state entries").isZero();
      }
    }
  }

  /** The third of each three sequences is answered but for the token that waits. */
  private static int answersTo(int sequences) {
    return 2 * sequences - sequences / 3;
  }

  private static void process(
      KeyedOneInputStreamOperatorTestHarness<String, Token, TokenBlock> order,
      String id,
      int position,
      boolean last)
      throws Exception {
    float[] embedding = {position, 1, -1, 0.5f};
    order.processElement(new StreamRecord<>(Token.of(id, position, embedding, last)));
  }

  private static void hand(
      KeyedOneInputStreamOperatorTestHarness<String, Token, TokenBlock> order, Answering answering)
      throws Exception {
    for (TokenBlock block : order.extractOutputValues()) {
      answering.take(block);
    }
    order.getOutput().clear();
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, Token, TokenBlock> order(
      StateBackend backend) throws Exception {
    var harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(new OrderTokens(64, IDLE_MILLIS, false, 16)),
            Token::sequenceId,
            Types.STRING);
    harness.setStateBackend(backend);
    return harness;
  }

  /** What answers tokens that are in order. */
  private interface Answering extends AutoCloseable {
    void take(TokenBlock block) throws Exception;

    int answers();

    List<AbstractStreamOperatorTestHarness<?>> operators();
  }

  private static final class InOnePlace implements Answering {
    private final KeyedOneInputStreamOperatorTestHarness<HeadKey, TokenBlock, Token> attend;
    private int answers;

    InOnePlace(StateBackend backend) throws Exception {
      attend =
          new KeyedOneInputStreamOperatorTestHarness<>(
              new KeyedProcessOperator<>(new AttendTokensInOnePlace(settings(1))),
              AttendTokensInOnePlace::key,
              TypeInformation.of(HeadKey.class));
      attend.setStateBackend(backend);
      attend.open();
    }

    @Override
    public void take(TokenBlock block) throws Exception {
      attend.processElement(new StreamRecord<>(block));
      answers += attend.getOutput().size();
      attend.getOutput().clear();
    }

    @Override
    public int answers() {
      return answers;
    }

    @Override
    public List<AbstractStreamOperatorTestHarness<?>> operators() {
      return List.of(attend);
    }

    @Override
    public void close() throws Exception {
      attend.close();
    }
  }

  /** Two head groups, and the gather behind them. */
  private static final class FannedOut implements Answering {
    private static final int GROUPS = 2;

    private final FanOutTokens fanOut = new FanOutTokens(GROUPS, 128);
    private final KeyedOneInputStreamOperatorTestHarness<HeadKey, HeadBlock, HeadResult> attend;
    private final KeyedTwoInputStreamOperatorTestHarness<String, HeadResult, SequenceChunk, Token>
        gather;
    private int answers;

    FannedOut(StateBackend backend) throws Exception {
      attend =
          new KeyedOneInputStreamOperatorTestHarness<>(
              new KeyedProcessOperator<>(new AttendTokens(settings(GROUPS))),
              HeadBlock::key,
              TypeInformation.of(HeadKey.class));
      gather =
          new KeyedTwoInputStreamOperatorTestHarness<>(
              new KeyedCoProcessOperator<>(
                  new GatherHeads(settings(GROUPS).weights(), GROUPS, false)),
              HeadResult::sequenceId,
              SequenceChunk::sequenceId,
              Types.STRING);
      attend.setStateBackend(backend);
      gather.setStateBackend(backend);
      attend.open();
      gather.open();
    }

    @Override
    public void take(TokenBlock block) throws Exception {
      List<HeadBlock> blocks = new ArrayList<>();
      fanOut.flatMap(block, new ListCollector<>(blocks));
      for (HeadBlock each : blocks) {
        attend.processElement(new StreamRecord<>(each));
      }
      if (!block.tokens().isEmpty()) {
        gather.processElement2(new StreamRecord<>(block.chunk()));
      }
      for (HeadResult result : attend.extractOutputValues()) {
        gather.processElement1(new StreamRecord<>(result));
      }
      attend.getOutput().clear();
      answers += gather.getOutput().size();
      gather.getOutput().clear();
    }

    @Override
    public int answers() {
      return answers;
    }

    @Override
    public List<AbstractStreamOperatorTestHarness<?>> operators() {
      return List.of(attend, gather);
    }

    @Override
    public void close() throws Exception {
      attend.close();
      gather.close();
    }
  }

  private static TokenSettings settings(int groups) {
    return new TokenSettings(
        LayerWeights.seeded(1, MODEL_DIM, 2, 2).withDigest(),
        new AttendOptions(true, 100, 0, 0, 0),
        groups,
        new ContextBounds(100, 0),
        1 << 16);
  }

  private static StateBackend backend(String name) {
    return name.equals("heap") ? new HashMapStateBackend() : new EmbeddedRocksDBStateBackend();
  }

  private static int entries(AbstractStreamOperatorTestHarness<?> harness) {
    Object backend = ((AbstractStreamOperator<?>) harness.getOperator()).getKeyedStateBackend();
    return backend instanceof RocksDBKeyedStateBackend<?> rocksDb
        ? rocksDb.numKeyValueStateEntries()
        : ((HeapKeyedStateBackend<?>) backend).numKeyValueStateEntries();
  }
}
