package io.headstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.attend.Attend;
import io.headstream.job.attend.AttendSettings;
import io.headstream.job.attend.FanOut;
import io.headstream.job.attend.Gather;
import io.headstream.job.cache.ContextBounds;
import io.headstream.job.observe.AttentionSample;
import io.headstream.job.records.Block;
import io.headstream.job.records.HeadKey;
import io.headstream.job.records.Token;
import io.headstream.job.sequences.OrderTokens;
import io.headstream.job.weights.AttendOptions;
import io.headstream.job.weights.LayerWeights;
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
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
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
        Answering answering = new Answering(groups, backend(backend))) {
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
      KeyedOneInputStreamOperatorTestHarness<String, Token, Block> order,
      String id,
      int position,
      boolean last)
      throws Exception {
    float[] embedding = {position, 1, -1, 0.5f};
    order.processElement(new StreamRecord<>(Token.of(id, position, embedding, last)));
  }

  private static void hand(
      KeyedOneInputStreamOperatorTestHarness<String, Token, Block> order, Answering answering)
      throws Exception {
    for (Block block : order.extractOutputValues()) {
      answering.take(block);
    }
    order.getOutput().clear();
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, Token, Block> order(
      StateBackend backend) throws Exception {
    var harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(new OrderTokens(MODEL_DIM, 64, IDLE_MILLIS, false, 16)),
            Token::sequenceId,
            Types.STRING);
    harness.setStateBackend(backend);
    return harness;
  }

  /** What answers tokens that are in order. */
  private static final class Answering implements AutoCloseable {
    private final int groups;
    private final FanOut fanOut;
    private final KeyedOneInputStreamOperatorTestHarness<HeadKey, Block, Block> attend;
    private final KeyedOneInputStreamOperatorTestHarness<String, Block, Block> gather;
    private int answers;

    Answering(int groups, StateBackend backend) throws Exception {
      this.groups = groups;
      AttendSettings settings = settings(groups);
      fanOut = new FanOut(groups, 128, AttentionSample.none());
      attend =
          new KeyedOneInputStreamOperatorTestHarness<>(
              new ProcessOperator<>(new Attend(settings)),
              Block::key,
              TypeInformation.of(HeadKey.class));
      gather =
          new KeyedOneInputStreamOperatorTestHarness<>(
              new ProcessOperator<>(new Gather(settings.weights(), groups, groups > 1)),
              Block::sequenceId,
              Types.STRING);
      attend.setStateBackend(backend);
      gather.setStateBackend(backend);
      attend.open();
      gather.open();
    }

    void take(Block block) throws Exception {
      List<Block> blocks = new ArrayList<>();
      if (groups == 1) {
        blocks.add(block);
      } else {
        fanOut.flatMap(block, new ListCollector<>(blocks));
        gather.processElement(new StreamRecord<>(block.tokensAlone()));
      }
      for (Block each : blocks) {
        attend.processElement(new StreamRecord<>(each));
      }
      for (Block columns : attend.extractOutputValues()) {
        gather.processElement(new StreamRecord<>(columns));
      }
      attend.getOutput().clear();
      gather.extractOutputValues().forEach(output -> answers += output.rows());
      gather.getOutput().clear();
    }

    int answers() {
      return answers;
    }

    List<AbstractStreamOperatorTestHarness<?>> operators() {
      return List.of(attend, gather);
    }

    @Override
    public void close() throws Exception {
      attend.close();
      gather.close();
    }
  }

  private static AttendSettings settings(int groups) {
    return new AttendSettings(
        LayerWeights.seeded(1, MODEL_DIM, 2, 2).withDigest(),
        new AttendOptions(true, 100, 0, 0, 0),
        groups,
        new ContextBounds(100, 0),
        1 << 16,
        AttentionSample.none());
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
