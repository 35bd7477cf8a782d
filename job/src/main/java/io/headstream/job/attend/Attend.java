package io.headstream.job.attend;

import io.headstream.job.cache.StateOrigin;
import io.headstream.job.records.Block;
import io.headstream.job.records.HeadKey;
import io.headstream.job.weights.LayerShape;
import io.headstream.job.weights.SharedLayers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Projects rows with a head group's own slices of W_q, W_k, W_v and attends with its heads (section
 * 3.2.2, up to the concatenation).
 *
 * <p>Keyed by {@link HeadKey}. Where each block is a whole sequence nothing is kept, and the stream
 * need not be keyed at all.
 *
 * <p>In operator state lies what the keys and values in keyed state were made with, and how many
 * bytes they are.
 */
public final class Attend extends ProcessFunction<Block, Block> implements CheckpointedFunction {
  private static final long serialVersionUID = 1L;

  private final AttendSettings settings;

  private transient SharedLayers.Lease lease;
  private transient BlockAttention attention;
  private transient ListState<String> origin;
  private transient ListState<Long> storedBytes;

  /** Attention of one head group. */
  public Attend(AttendSettings settings) {
    this.settings = settings;
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    origin = StateOrigin.store(context.getOperatorStateStore());
    storedBytes =
        context
            .getOperatorStateStore()
            .getListState(new ListStateDescriptor<>("key-value-bytes", Types.LONG));
  }

  @Override
  public void open(OpenContext context) throws Exception {
    lease = settings.weights().acquire(getRuntimeContext());
    new StateOrigin(madeWith()).check(origin);
    // After a rescale a subtask's share is not its own, but that of all together is right.
    long bytes = 0;
    for (long share : storedBytes.get()) {
      bytes += share;
    }
    attention =
        settings.context() == null
            ? new SequenceAttention(getRuntimeContext(), lease.layer(), settings)
            : new IncrementalAttention(getRuntimeContext(), lease.layer(), settings, bytes);
  }

  @Override
  public void processElement(Block block, Context context, Collector<Block> out) throws Exception {
    block.checkWidth(lease.layer().modelDim());
    attention.attend(block, context, out);
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    storedBytes.update(List.of(attention.storedBytes()));
  }

  /** Bytes of the keys and values that are in the state; for tests. */
  long storedBytes() {
    return attention.storedBytes();
  }

  @Override
  public void close() {
    if (lease != null) {
      lease.close();
    }
  }

  /** What waits here and in the gather belongs to head groups, of which there must be as many. */
  private Map<String, String> madeWith() {
    Map<String, String> values = new LinkedHashMap<>();
    LayerShape.of(lease.layer(), settings.groups())
        .byOption()
        .forEach((name, count) -> values.put(name, String.valueOf(count)));
    if (settings.context() == null) {
      values.keySet().retainAll(Set.of(LayerShape.HEAD_GROUPS));
      return values;
    }
    values.putAll(settings.options().stateDependsOn());
    values.put("weights", "SHA-256 " + lease.weightsDigest());
    return values;
  }
}
