package io.headstream.benchmarks.tokens;

import io.headstream.job.attend.Answer;
import io.headstream.job.attend.Attend;
import io.headstream.job.attend.AttendSettings;
import io.headstream.job.attend.Gather;
import io.headstream.job.cache.ContextBounds;
import io.headstream.job.observe.AttentionSample;
import io.headstream.job.records.Block;
import io.headstream.job.records.HeadKey;
import io.headstream.job.records.Token;
import io.headstream.job.weights.AttendOptions;
import io.headstream.job.weights.LayerWeights;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.checkpoint.CheckpointType;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.runtime.state.CheckpointStorageLocationReference;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFinalizer;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;

/** The operators that answer token by token, with a state backend and without the rest of Flink. */
final class TokenOperator implements AutoCloseable {
  private static final int PREFILL = 256;

  // What conf/config.yaml gives each slot. The harness's own 3 MB are less than one of RocksDB's
  // memtables begins with: it would write a file for every few hundred tokens.
  private static final long SLOT_MANAGED_BYTES = 317L << 20;

  private final KeyedOneInputStreamOperatorTestHarness<HeadKey, Block, Block> harness;
  private final OneInputStreamOperatorTestHarness<Block, Block> gather;
  private final OneInputStreamOperatorTestHarness<Block, Token> answer;
  private final Map<String, Integer> positions = new HashMap<>();
  private long checkpoint;

  TokenOperator(Shape shape, int context, long pageCacheBytes, StateBackend backend)
      throws Exception {
    LayerWeights weights =
        LayerWeights.seeded(Shape.SEED, shape.modelDim(), shape.heads(), shape.heads());
    AttendSettings settings =
        new AttendSettings(
            weights.withDigest(),
            new AttendOptions(true, context - 1, 0, 0, 0),
            1,
            new ContextBounds(context - 1, 0),
            pageCacheBytes,
            AttentionSample.none());
    harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new ProcessOperator<>(new Attend(settings)),
            Block::key,
            TypeInformation.of(HeadKey.class),
            new MockEnvironmentBuilder().setManagedMemorySize(SLOT_MANAGED_BYTES).build());
    harness.setStateBackend(backend);
    harness.open();
    gather =
        new OneInputStreamOperatorTestHarness<>(
            new ProcessOperator<>(new Gather(settings.weights(), 1, false)));
    gather.open();
    answer = new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(new Answer()));
    answer.open();
  }

  /** Answers the next tokens of a sequence one by one; what they are does not matter. */
  void answer(String sequenceId, int tokens, float[][] embeddings) throws Exception {
    int position = positions.getOrDefault(sequenceId, 0);
    for (int i = 0; i < tokens; i++, position++) {
      float[] embedding = embeddings[position % embeddings.length];
      List<Token> token = List.of(Token.of(sequenceId, position, embedding, false));
      process(Block.ofTokens(sequenceId, position, token, false));
    }
    positions.put(sequenceId, position);
  }

  private void process(Block block) throws Exception {
    harness.processElement(new StreamRecord<>(block));
    gather.processElement(new StreamRecord<>(harness.extractOutputValues().get(0)));
    answer.processElement(new StreamRecord<>(gather.extractOutputValues().get(0)));
    harness.getOutput().clear();
    gather.getOutput().clear();
    answer.getOutput().clear();
  }

  /** Answers the next tokens in blocks. */
  void prefill(String sequenceId, int tokens, float[][] embeddings) throws Exception {
    int end = positions.getOrDefault(sequenceId, 0) + tokens;
    for (int from = end - tokens; from < end; from += PREFILL) {
      List<Token> block = new ArrayList<>();
      for (int position = from; position < Math.min(end, from + PREFILL); position++) {
        float[] embedding = embeddings[position % embeddings.length];
        block.add(Token.of(sequenceId, position, embedding, false));
      }
      process(Block.ofTokens(sequenceId, from, block, false));
    }
    positions.put(sequenceId, end);
  }

  /** Takes a checkpoint and says how many bytes it had to write. */
  long checkpointBytes(CheckpointStreamFactory storage) throws Exception {
    checkpoint++;
    CheckpointOptions options =
        CheckpointOptions.forConfig(
            CheckpointType.CHECKPOINT,
            CheckpointStorageLocationReference.getDefault(),
            true,
            false,
            0);
    long bytes = 0;
    for (KeyedStateHandle handle :
        OperatorSnapshotFinalizer.create(
                harness.getOperator().snapshotState(checkpoint, checkpoint, options, storage))
            .getJobManagerOwnedState()
            .getManagedKeyedState()) {
      bytes += handle.getCheckpointedSize();
    }
    harness.notifyOfCompletedCheckpoint(checkpoint);
    return bytes;
  }

  @Override
  public void close() throws Exception {
    harness.close();
  }
}
