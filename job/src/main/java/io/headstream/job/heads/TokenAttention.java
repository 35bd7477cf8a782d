package io.headstream.job.heads;

import io.headstream.attention.MultiHeadAttention;
import io.headstream.job.layer.SharedLayers;
import io.headstream.job.records.HeadKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;

/**
 * What the operators have in common that answer token by token: the layer, the keys and values in
 * keyed state, and in operator state what these were made with and how many bytes they are.
 */
abstract class TokenAttention<I, O> extends KeyedProcessFunction<HeadKey, I, O>
    implements CheckpointedFunction {
  private static final long serialVersionUID = 1L;

  private final TokenSettings settings;

  private transient SharedLayers.Lease lease;
  private transient IncrementalAttention attention;
  private transient ListState<String> origin;
  private transient ListState<Long> storedBytes;

  TokenAttention(TokenSettings settings) {
    this.settings = settings;
  }

  /** The whole layer. */
  final MultiHeadAttention layer() {
    return lease.layer();
  }

  /** Attention by the keys and values of the current key. */
  final IncrementalAttention attention() {
    return attention;
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
    attention = new IncrementalAttention(getRuntimeContext(), lease.layer(), settings, bytes);
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    storedBytes.update(List.of(attention.storedBytes()));
  }

  @Override
  public void close() {
    if (lease != null) {
      lease.close();
    }
  }

  private Map<String, String> madeWith() {
    MultiHeadAttention layer = lease.layer();
    Map<String, String> values = new LinkedHashMap<>();
    values.put("model-dim", String.valueOf(layer.modelDim()));
    values.put("heads", String.valueOf(layer.heads()));
    values.put("kv-heads", String.valueOf(layer.keyValueHeads()));
    values.put("head-groups", String.valueOf(settings.groups()));
    values.putAll(settings.options().stateDependsOn());
    values.put("weights", "SHA-256 " + lease.weightsDigest());
    return values;
  }
}
