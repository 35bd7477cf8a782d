package io.headstream.job.attend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.attention.AttentionMask;
import io.headstream.attention.AttentionOptions;
import io.headstream.attention.HeadGroup;
import io.headstream.attention.MultiHeadAttention;
import io.headstream.attention.weights.AttentionParameters;
import io.headstream.job.cache.ContextBounds;
import io.headstream.job.observe.AttentionSample;
import io.headstream.job.records.Block;
import io.headstream.job.records.HeadKey;
import io.headstream.job.weights.AttendOptions;
import io.headstream.job.weights.LayerWeights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.checkpoint.CheckpointType;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.CheckpointStorageLocationReference;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.runtime.state.heap.HeapKeyedStateBackend;
import org.apache.flink.runtime.state.memory.MemCheckpointStreamFactory;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.state.rocksdb.RocksDBKeyedStateBackend;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFinalizer;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFutures;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AttendTokensTest {
  private static final int MODEL_DIM = 16;
  private static final int HEADS = 4;
  private static final int GROUPS = 2;
  private static final long WEIGHTS_SEED = 11;
  private static final int ALL = AttendOptions.UNLIMITED - 1;
  private static final long PAGE_BYTES = 64L * 2 * Float.BYTES * MODEL_DIM / GROUPS;

  private KeyedOneInputStreamOperatorTestHarness<HeadKey, Block, Block> harness;
  private Attend operator;

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  /** Blocks of any size, sequences in turn, a restart now and then, and any amount decoded. */
  @ParameterizedTest
  @CsvSource({
    "heap, 2147483646, 0, 1000, 1",
    "heap, 100, 0, 3, 2",
    "heap, 63, 70, 1000, 3",
    "heap, 0, 0, 1000, 4",
    "rocksdb, 2147483646, 0, 0, 5",
    "rocksdb, 150, 3, 3, 6",
    "rocksdb, 64, 130, 1000, 7",
  })
  void theBitsAreThoseOfOneCausalPass(
      String backend, int keysBefore, int sinks, int pagesDecoded, long seed) throws Exception {
    ContextBounds bounds = new ContextBounds(keysBefore, sinks);
    AttendSettings settings = settings(bounds, pagesDecoded * PAGE_BYTES);
    open(settings, backend(backend));
    Random random = new Random(seed);
    List<Sequence> sequences =
        IntStream.range(0, 6)
            .mapToObj(i -> new Sequence("s" + i, i % GROUPS, 300, seed + i))
            .toList();
    List<Sequence> left = new ArrayList<>(sequences);
    while (!left.isEmpty()) {
      Sequence sequence = left.get(random.nextInt(left.size()));
      int rows = random.nextInt(4) == 0 ? 1 + random.nextInt(150) : 1 + random.nextInt(3);
      sequence.process(rows);
      if (sequence.done == sequence.length) {
        left.remove(sequence);
      }
      if (random.nextInt(20) == 0) {
        restart(settings, backend(backend));
      }
    }
    for (Sequence sequence : sequences) {
      assertThat(sequence.columns)
          .as("%s, seed %d", sequence.key, seed)
          .isEqualTo(sequence.expected(bounds));
    }
    assertThat(entries()).isZero();
    assertThat(operator.storedBytes()).as("bytes by the metric").isZero();
  }

  /**
   * The heap backend writes a snapshot while tokens flow on. Here it is written only after they
   * have, so that whatever was changed in place shows.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 63, 64, 65, 127, 200})
  void aSnapshotThatIsWrittenLateHasWhatWasThereWhenItBegan(int before) throws Exception {
    ContextBounds bounds = new ContextBounds(150, 3);
    AttendSettings settings = settings(bounds, 1000 * PAGE_BYTES);
    open(settings, new HashMapStateBackend());
    Sequence sequence = new Sequence("s", 0, 300, 5);
    sequence.process(before);
    OperatorSnapshotFutures begun =
        harness
            .getOperator()
            .snapshotState(
                1,
                1,
                CheckpointOptions.forConfig(
                    CheckpointType.CHECKPOINT,
                    CheckpointStorageLocationReference.getDefault(),
                    true,
                    false,
                    0),
                new MemCheckpointStreamFactory(64 << 20));
    for (int i = 0; i < 90; i++) {
      sequence.process(1);
    }
    OperatorSubtaskState written =
        OperatorSnapshotFinalizer.create(begun).getJobManagerOwnedState();
    harness.close();
    harness = newHarness(settings, new HashMapStateBackend());
    harness.setup();
    harness.initializeState(written);
    harness.open();
    sequence.goBackTo(before);
    sequence.process(300 - before);
    assertThat(sequence.columns).isEqualTo(sequence.expected(bounds));
    assertThat(entries()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"heap", "rocksdb"})
  void whatTheWindowHasLeftBehindLeavesTheState(String backend) throws Exception {
    ContextBounds bounds = new ContextBounds(100, 70);
    open(settings(bounds, 0), backend(backend));
    Sequence sequence = new Sequence("s", 0, 64 * 40, 5);
    long most = 0;
    while (sequence.done < sequence.length - 1) {
      sequence.process(1);
      most = Math.max(most, entries());
      assertThat(operator.storedBytes())
          .isEqualTo(bounds.storedPositions(sequence.done) * PAGE_BYTES / 64);
    }
    // Two pages of sinks, at most two of the window, and 63 rows.
    assertThat(most).isLessThanOrEqualTo(backend.equals("heap") ? 2 : 2 + 2 + 63);
    sequence.process(1);
    assertThat(entries()).isZero();
    assertThat(sequence.columns).isEqualTo(sequence.expected(bounds));
  }

  @Test
  void stateOfAnotherLayerIsRefusedWithBothValues() throws Exception {
    ContextBounds bounds = new ContextBounds(100, 0);
    AttendSettings settings = settings(bounds, 0);
    open(settings, new HashMapStateBackend());
    new Sequence("s", 0, 300, 5).process(3);
    OperatorSubtaskState snapshot = harness.snapshot(1, 1);

    assertRefused(
        snapshot,
        settings(LayerWeights.seeded(WEIGHTS_SEED, 32, HEADS, HEADS), GROUPS, bounds),
        "model-dim 16, this job has model-dim 32");
    assertRefused(
        snapshot,
        settings(LayerWeights.seeded(WEIGHTS_SEED, MODEL_DIM, 2, 2), GROUPS, bounds),
        "heads 4, this job has heads 2");
    assertRefused(
        snapshot,
        settings(LayerWeights.seeded(WEIGHTS_SEED, MODEL_DIM, HEADS, 2), GROUPS, bounds),
        "kv-heads 4, this job has kv-heads 2");
    LayerWeights same = LayerWeights.seeded(WEIGHTS_SEED, MODEL_DIM, HEADS, HEADS);
    assertRefused(snapshot, settings(same, 4, bounds), "head-groups 2, this job has head-groups 4");
    assertRefused(
        snapshot,
        settings(same, GROUPS, new ContextBounds(101, 0)),
        "context 101, this job has context 102");
    assertRefused(
        snapshot,
        settings(same, GROUPS, new ContextBounds(100, 1)),
        "sinks 0, this job has sinks 1");
    assertRefused(
        snapshot,
        settings(LayerWeights.seeded(12, MODEL_DIM, HEADS, HEADS), GROUPS, bounds),
        "weights SHA-256 %s, this job has weights SHA-256 %s"
            .formatted(digest(WEIGHTS_SEED), digest(12)));
    assertRefused(snapshot, withDropout(settings, 0.5, 0), "dropout 0.0, this job has dropout 0.5");
    assertRefused(
        snapshot, withDropout(settings, 0, 3), "dropout-seed 0, this job has dropout-seed 3");
  }

  private static AttendSettings withDropout(AttendSettings settings, double dropout, long seed) {
    AttendOptions options = settings.options();
    return new AttendSettings(
        settings.weights(),
        new AttendOptions(true, options.window(), options.sinks(), dropout, seed),
        settings.groups(),
        settings.context(),
        settings.pageCacheBytes(),
        AttentionSample.none());
  }

  private static String digest(long seed) {
    return AttentionParameters.xavierUniform(MODEL_DIM, HEADS, HEADS, seed).digest();
  }

  private void assertRefused(OperatorSubtaskState snapshot, AttendSettings other, String message)
      throws Exception {
    harness.close();
    harness = newHarness(other, new HashMapStateBackend());
    harness.setup();
    harness.initializeState(snapshot);
    assertThatThrownBy(() -> harness.open())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("the state was made with " + message);
  }

  /** A sequence of random tokens of which some have been answered. */
  private final class Sequence {
    final HeadKey key;
    final int length;
    final float[] x;
    final float[] columns;
    int done;

    Sequence(String id, int group, int length, long seed) {
      this.key = new HeadKey(id, group, id.hashCode());
      this.length = length;
      this.x = new float[length * MODEL_DIM];
      this.columns = new float[length * MODEL_DIM / GROUPS];
      SplittableRandom random = new SplittableRandom(seed);
      for (int i = 0; i < x.length; i++) {
        x[i] = random.nextFloat() - 0.5f;
      }
    }

    void process(int rows) throws Exception {
      int to = Math.min(length, done + rows);
      float[] block = Arrays.copyOfRange(x, done * MODEL_DIM, to * MODEL_DIM);
      harness.processElement(
          new StreamRecord<>(new Block(key, done, to - done, block, to == length)));
      Block result = harness.extractOutputValues().get(0);
      harness.getOutput().clear();
      assertThat(result.firstPosition()).isEqualTo(done);
      assertThat(result.rows()).isEqualTo(to - done);
      assertThat(result.ends()).isEqualTo(to == length);
      assertThat(result.key()).isEqualTo(key);
      System.arraycopy(
          result.values(), 0, columns, done * MODEL_DIM / GROUPS, result.values().length);
      done = to;
    }

    void goBackTo(int position) {
      Arrays.fill(columns, position * MODEL_DIM / GROUPS, columns.length, Float.NaN);
      done = position;
    }

    float[] expected(ContextBounds bounds) {
      HeadGroup heads =
          new MultiHeadAttention(
                  AttentionParameters.xavierUniform(MODEL_DIM, HEADS, HEADS, WEIGHTS_SEED))
              .headGroup(key.group(), GROUPS);
      float[] out = new float[columns.length];
      AttentionMask mask = AttentionMask.window(bounds.keysBefore(), 0, bounds.sinks());
      heads.attend(length, x, 0, out, 0, AttentionOptions.defaults().withMask(mask));
      return out;
    }
  }

  private static AttendSettings settings(ContextBounds bounds, long pageCacheBytes) {
    LayerWeights weights = LayerWeights.seeded(WEIGHTS_SEED, MODEL_DIM, HEADS, HEADS);
    AttendSettings settings = settings(weights, GROUPS, bounds);
    return new AttendSettings(
        settings.weights(),
        settings.options(),
        GROUPS,
        bounds,
        pageCacheBytes,
        AttentionSample.none());
  }

  private static AttendSettings settings(LayerWeights weights, int groups, ContextBounds bounds) {
    AttendOptions options = new AttendOptions(true, bounds.keysBefore(), bounds.sinks(), 0, 0);
    return new AttendSettings(
        weights.withDigest(), options, groups, bounds, 0, AttentionSample.none());
  }

  private static StateBackend backend(String name) {
    return name.equals("heap") ? new HashMapStateBackend() : new EmbeddedRocksDBStateBackend();
  }

  private void open(AttendSettings settings, StateBackend backend) throws Exception {
    harness = newHarness(settings, backend);
    harness.open();
  }

  private void restart(AttendSettings settings, StateBackend backend) throws Exception {
    OperatorSubtaskState snapshot = harness.snapshot(1, 1);
    harness.close();
    harness = newHarness(settings, backend);
    harness.setup();
    harness.initializeState(snapshot);
    harness.open();
  }

  private KeyedOneInputStreamOperatorTestHarness<HeadKey, Block, Block> newHarness(
      AttendSettings settings, StateBackend backend) throws Exception {
    operator = new Attend(settings);
    KeyedOneInputStreamOperatorTestHarness<HeadKey, Block, Block> made =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new ProcessOperator<>(operator), Block::key, TypeInformation.of(HeadKey.class));
    made.setStateBackend(backend);
    return made;
  }

  /** State entries; on the heap a map is one. */
  private int entries() {
    Object backend = ((ProcessOperator<?, ?>) harness.getOperator()).getKeyedStateBackend();
    return backend instanceof RocksDBKeyedStateBackend<?> rocksDb
        ? rocksDb.numKeyValueStateEntries()
        : ((HeapKeyedStateBackend<?>) backend).numKeyValueStateEntries();
  }
}
