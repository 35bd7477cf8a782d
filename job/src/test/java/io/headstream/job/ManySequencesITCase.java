package io.headstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.heads.AttendTokensInOnePlace;
import io.headstream.job.heads.ContextBounds;
import io.headstream.job.heads.TokenSettings;
import io.headstream.job.layer.AttendOptions;
import io.headstream.job.layer.LayerWeights;
import io.headstream.job.records.HeadKey;
import io.headstream.job.records.Token;
import io.headstream.job.records.TokenBlock;
import io.headstream.job.sequences.OrderTokens;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.runtime.state.heap.HeapKeyedStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.state.rocksdb.RocksDBKeyedStateBackend;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A hundred thousand sequences that end, or go quiet, leave neither state nor timers. */
class ManySequencesITCase {
  private static final int SEQUENCES = 100_000;
  private static final int MODEL_DIM = 4;
  private static final long IDLE_MILLIS = 1000;

  @ParameterizedTest
  @ValueSource(strings = {"heap", "rocksdb"})
  void nothingIsLeftOfThem(String backend) throws Exception {
    try (var order = order(backend(backend));
        var attend = attend(backend(backend))) {
      order.open();
      attend.open();
      order.setProcessingTime(1);
      for (int s = 0; s < SEQUENCES; s++) {
        String id = "s" + s;
        process(order, id, 0, false);
        // A third ends, a third goes quiet, and a third does while a token waits.
        process(order, id, s % 3 == 2 ? 2 : 1, s % 3 == 0);
        hand(order, attend);
      }
      assertThat(entries(order)).isGreaterThanOrEqualTo(SEQUENCES / 3 * 2);
      assertThat(entries(attend)).isGreaterThanOrEqualTo(SEQUENCES / 3 * 2);
      assertThat(order.numProcessingTimeTimers()).isEqualTo(SEQUENCES - (SEQUENCES + 2) / 3);

      order.setProcessingTime(1 + IDLE_MILLIS);
      hand(order, attend);
      for (KeyedOneInputStreamOperatorTestHarness<?, ?, ?> operator :
          new KeyedOneInputStreamOperatorTestHarness<?, ?, ?>[] {order, attend}) {
        // On RocksDB timers are entries too, and their removals wait in a batch, which nothing but
        // a snapshot writes out for certain.
        operator.snapshot(1, 1);
        assertThat(operator.numProcessingTimeTimers()).as("processing time timers").isZero();
        assertThat(operator.numEventTimeTimers()).as("event time timers").isZero();
        assertThat(entries(operator)).as("state entries").isZero();
      }
    }
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
      KeyedOneInputStreamOperatorTestHarness<String, Token, TokenBlock> order,
      KeyedOneInputStreamOperatorTestHarness<HeadKey, TokenBlock, Token> attend)
      throws Exception {
    for (TokenBlock block : order.extractOutputValues()) {
      attend.processElement(new StreamRecord<>(block));
    }
    order.getOutput().clear();
    attend.getOutput().clear();
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

  private static KeyedOneInputStreamOperatorTestHarness<HeadKey, TokenBlock, Token> attend(
      StateBackend backend) throws Exception {
    TokenSettings settings =
        new TokenSettings(
            LayerWeights.seeded(1, MODEL_DIM, 1, 1).withDigest(),
            new AttendOptions(true, 100, 0, 0, 0),
            1,
            new ContextBounds(100, 0),
            1 << 16);
    var harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(new AttendTokensInOnePlace(settings)),
            AttendTokensInOnePlace::key,
            TypeInformation.of(HeadKey.class));
    harness.setStateBackend(backend);
    return harness;
  }

  private static StateBackend backend(String name) {
    return name.equals("heap") ? new HashMapStateBackend() : new EmbeddedRocksDBStateBackend();
  }

  private static int entries(KeyedOneInputStreamOperatorTestHarness<?, ?, ?> harness) {
    Object backend = ((KeyedProcessOperator<?, ?, ?>) harness.getOperator()).getKeyedStateBackend();
    return backend instanceof RocksDBKeyedStateBackend<?> rocksDb
        ? rocksDb.numKeyValueStateEntries()
        : ((HeapKeyedStateBackend<?>) backend).numKeyValueStateEntries();
  }
}
