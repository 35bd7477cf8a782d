package io.headstream.benchmarks.tokens;

import io.headstream.job.heads.AttendTokensInOnePlace;
import io.headstream.job.heads.ContextBounds;
import io.headstream.job.heads.TokenSettings;
import io.headstream.job.layer.AttendOptions;
import io.headstream.job.layer.LayerWeights;
import io.headstream.job.records.HeadKey;
import io.headstream.job.records.Token;
import io.headstream.job.records.TokenBlock;
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
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFinalizer;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;

/** The operator that answers token by token, with a state backend and without the rest of Flink. */
final class TokenOperator implements AutoCloseable {
  private static final int PREFILL = 256;

  // What conf/config.yaml gives each slot. The harness's own 3 MB are less than one of RocksDB's
  // memtables begins with: it would write a file for every few hundred tokens.
  private static final long SLOT_MANAGED_BYTES = 317L << 20;

  private final KeyedOneInputStreamOperatorTestHarness<HeadKey, TokenBlock, Token> harness;
  private final Map<String, Integer> positions = new HashMap<>();
  private long checkpoint;

  TokenOperator(Shape shape, int context, long pageCacheBytes, StateBackend backend)
      throws Exception {
    LayerWeights weights =
        LayerWeights.seeded(Shape.SEED, shape.modelDim(), shape.heads(), shape.heads());
    TokenSettings settings =
        new TokenSettings(
            weights.withDigest(),
            new AttendOptions(true, context - 1, 0, 0, 0),
            1,
            new ContextBounds(context - 1, 0),
            pageCacheBytes);
    harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(new AttendTokensInOnePlace(settings)),
            AttendTokensInOnePlace::key,
            TypeInformation.of(HeadKey.class),
            new MockEnvironmentBuilder().setManagedMemorySize(SLOT_MANAGED_BYTES).build());
    harness.setStateBackend(backend);
    harness.open();
  }

  /** Answers the next tokens of a sequence one by one; what they are does not matter. */
  void answer(String sequenceId, int tokens, float[][] embeddings) throws Exception {
    int position = positions.getOrDefault(sequenceId, 0);
    for (int i = 0; i < tokens; i++, position++) {
      float[] embedding = embeddings[position % embeddings.length];
      List<Token> token = List.of(Token.of(sequenceId, position, embedding, false));
      harness.processElement(
          new StreamRecord<>(new TokenBlock(sequenceId, position, token, false)));
      harness.getOutput().clear();
    }
    positions.put(sequenceId, position);
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
      harness.processElement(new StreamRecord<>(new TokenBlock(sequenceId, from, block, false)));
      harness.getOutput().clear();
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
