package io.headstream.job.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.headstream.attention.HeadGroup;
import io.headstream.attention.MultiHeadAttention;
import io.headstream.attention.Reference;
import io.headstream.attention.Workspace;
import io.headstream.attention.weights.AttentionParameters;
import io.headstream.job.attend.Attend;
import io.headstream.job.attend.AttendSettings;
import io.headstream.job.cache.ContextBounds;
import io.headstream.job.records.AttentionMap;
import io.headstream.job.records.AttentionRow;
import io.headstream.job.records.Block;
import io.headstream.job.records.HeadKey;
import io.headstream.job.weights.AttendOptions;
import io.headstream.job.weights.LayerWeights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttentionRowsTest {
  private static final int MODEL_DIM = 16;
  private static final int HEADS = 4;
  private static final int KEY_VALUE_HEADS = 2;
  private static final int LENGTH = 300;
  private static final long WEIGHTS_SEED = 12;
  private static final int ALL = Integer.MAX_VALUE - 1;
  private static final AttentionSample SAMPLE = new AttentionSample(Set.of("s"), 0);

  private final List<AttentionRow> rows = new ArrayList<>();
  private KeyedOneInputStreamOperatorTestHarness<HeadKey, Block, Block> harness;
  private AttendSettings settings;
  private boolean rocksDb;

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  /** Blocks of any size, a restart now and then, with pages and tiles that are left behind. */
  @ParameterizedTest
  @CsvSource({
    "heap, 1, 2147483646, 0, 1",
    "heap, 2, 100, 0, 2",
    "heap, 2, 0, 0, 3",
    "heap, 1, 127, 130, 4",
    "heap, 2, 128, 1, 5",
    "rocksdb, 1, 150, 3, 6",
    "rocksdb, 2, 63, 400, 7",
    "rocksdb, 2, 64, 64, 8",
    "heap, 1, 10, 2147483647, 9",
  })
  void theyHaveTheBitsOfSequenceModeAndAreThoseOfTheFormula(
      String backend, int groups, int keysBefore, int sinks, long seed) throws Exception {
    rocksDb = backend.equals("rocksdb");
    int length = LENGTH;
    float[] x = Reference.uniform(new SplittableRandom(seed), length * MODEL_DIM, 1.7);
    open(groups, new ContextBounds(keysBefore, sinks), SAMPLE);
    Random random = new Random(seed);
    for (int group = 0; group < groups; group++) {
      for (int done = 0; done < length; ) {
        int to = random.nextInt(4) == 0 ? 1 + random.nextInt(200) : 1 + random.nextInt(3);
        to = Math.min(length, done + to);
        process("s", group, done, Arrays.copyOfRange(x, done * MODEL_DIM, to * MODEL_DIM), to);
        process("other", group, done, Arrays.copyOfRange(x, 0, (to - done) * MODEL_DIM), to);
        done = to;
        if (random.nextInt(20) == 0) {
          restart();
        }
      }
    }
    assertThat(rows).hasSize(HEADS * length);
    for (int head = 0; head < HEADS; head++) {
      int number = head;
      List<AttentionRow> ofHead = rows.stream().filter(row -> row.head() == number).toList();
      assertThat(ofHead.stream().map(AttentionRow::position))
          .containsExactlyElementsOf(IntStream.range(0, length).boxed().toList());
      assertSame(ofHead, mapOfSequenceMode(head, x, length), seed);
    }
    assertThoseOfTheFormula(x, length, seed);
  }

  private void assertSame(List<AttentionRow> ofHead, AttentionMap map, long seed) {
    WeightRows.forEach(
        map,
        (query, weights, offset) -> {
          AttentionRow row = ofHead.get(query);
          int n = 0;
          for (int key = 0; key < map.length(); key++) {
            float weight = weights[offset + key];
            if (sees(query, key)) {
              if (row.key(n) != key || row.weights()[n] != weight) {
                fail("seed %d, query %d, key %d of %s", seed, query, key, row);
              }
              n++;
            } else if (weight != 0) {
              fail("seed %d, query %d sees key %d", seed, query, key);
            }
          }
          assertThat(row.weights()).as("keys of query %d", query).hasSize(n);
        });
  }

  private void assertThoseOfTheFormula(float[] x, int length, long seed) {
    AttentionParameters weights =
        AttentionParameters.xavierUniform(MODEL_DIM, HEADS, KEY_VALUE_HEADS, WEIGHTS_SEED);
    double[] expected = Reference.headWeights(weights, x, length, (i, j) -> sees(i, j) ? 1 : 0);
    for (AttentionRow row : rows) {
      double sum = 0;
      for (int n = 0; n < row.weights().length; n++) {
        double wanted = expected[(row.head() * length + row.position()) * length + row.key(n)];
        if (!(Math.abs(row.weights()[n] - wanted) <= 1e-6)) {
          fail("seed %d, key %d: %s, expected %s", seed, row.key(n), row, wanted);
        }
        sum += row.weights()[n];
      }
      assertThat(sum).isBetween(1 - 1e-5, 1 + 1e-5);
    }
  }

  private boolean sees(int query, int key) {
    ContextBounds bounds = settings.context();
    return key <= query && (query - key <= bounds.keysBefore() || key < bounds.sinks());
  }

  private AttentionMap mapOfSequenceMode(int head, float[] x, int length) {
    MultiHeadAttention layer =
        new MultiHeadAttention(
            AttentionParameters.xavierUniform(MODEL_DIM, HEADS, KEY_VALUE_HEADS, WEIGHTS_SEED));
    int headsTogether = HEADS / KEY_VALUE_HEADS;
    HeadGroup heads = layer.headGroup(head / headsTogether, KEY_VALUE_HEADS);
    int size = length * layer.headDim();
    float[] queries = new float[headsTogether * size];
    float[] keys = new float[size];
    heads.projectQueriesAndKeys(length, x, 0, queries, keys, new Workspace());
    int from = head % headsTogether * size;
    ContextBounds bounds = settings.context();
    return new AttentionMap(
        "s",
        head,
        List.of(),
        length,
        bounds.keysBefore(),
        0,
        bounds.sinks(),
        Arrays.copyOfRange(queries, from, from + size),
        keys);
  }

  @Test
  void nothingComesOutWhereNothingIsAskedFor() throws Exception {
    open(2, new ContextBounds(ALL, 0), AttentionSample.none());
    process("s", 0, 0, new float[3 * MODEL_DIM], 9);
    assertThat(rows).isEmpty();
  }

  private void process(String id, int group, int first, float[] x, int to) throws Exception {
    HeadKey key = new HeadKey(id, group, id.hashCode());
    harness.processElement(
        new StreamRecord<>(new Block(key, first, x.length / MODEL_DIM, x, to == LENGTH)));
    harness.getOutput().clear();
    if (harness.getSideOutput(AttentionRows.TAG) != null) {
      harness.getSideOutput(AttentionRows.TAG).forEach(record -> rows.add(record.getValue()));
      harness.getSideOutput(AttentionRows.TAG).clear();
    }
  }

  private void open(int groups, ContextBounds bounds, AttentionSample sample) throws Exception {
    AttendOptions options = new AttendOptions(true, bounds.keysBefore(), bounds.sinks(), 0.3, 1);
    LayerWeights weights =
        LayerWeights.seeded(WEIGHTS_SEED, MODEL_DIM, HEADS, KEY_VALUE_HEADS).withDigest();
    settings = new AttendSettings(weights, options, groups, bounds, 1 << 16, sample);
    harness = newHarness();
    harness.open();
  }

  private void restart() throws Exception {
    OperatorSubtaskState snapshot = harness.snapshot(1, 1);
    harness.close();
    harness = newHarness();
    harness.setup();
    harness.initializeState(snapshot);
    harness.open();
  }

  private KeyedOneInputStreamOperatorTestHarness<HeadKey, Block, Block> newHarness()
      throws Exception {
    KeyedOneInputStreamOperatorTestHarness<HeadKey, Block, Block> made =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new ProcessOperator<>(new Attend(settings)),
            Block::key,
            TypeInformation.of(HeadKey.class));
    made.setStateBackend(rocksDb ? new EmbeddedRocksDBStateBackend() : new HashMapStateBackend());
    return made;
  }
}
