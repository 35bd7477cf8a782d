package io.headstream.job.heads;

import io.headstream.attention.AttentionOptions;
import io.headstream.attention.HeadGroup;
import io.headstream.attention.Workspace;
import io.headstream.job.layer.AttendOptions;
import io.headstream.job.layer.AttentionSample;
import io.headstream.job.layer.LayerMetrics;
import io.headstream.job.layer.LayerWeights;
import io.headstream.job.layer.SharedLayers;
import io.headstream.job.records.HeadKey;
import io.headstream.job.records.HeadResult;
import io.headstream.job.records.HeadTask;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Projects a sequence with one head group's own slices of W_q, W_k, W_v and attends with its heads
 * (section 3.2.2, up to the concatenation). Keyed by {@link HeadKey}.
 *
 * <p>A sequence that comes whole needs no state; the chunks of a long one wait here for the last.
 */
public final class AttendHeads extends KeyedProcessFunction<HeadKey, HeadTask, HeadResult>
    implements CheckpointedFunction {
  private static final long serialVersionUID = 1L;

  private final LayerWeights weights;
  private final AttendOptions options;
  private final int groups;
  private final int tokensPerChunk;
  private final AttentionSample sample;

  private transient SharedLayers.Lease lease;
  private transient AttentionMaps maps; // null where nothing is sampled
  private transient LayerMetrics metrics;
  private transient AttentionOptions common;
  private transient ListState<HeadTask> chunks;
  private transient float[] joined; // [sequenceLength, modelDim] of the longest in chunks so far

  /**
   * Attention of one head group.
   *
   * @param weights the whole layer's weights
   * @param options mask and dropout
   * @param groups head groups
   * @param tokensPerChunk most rows of a result
   * @param sample of which sequences the attention maps go to {@link AttentionMaps#TAG}
   */
  public AttendHeads(
      LayerWeights weights,
      AttendOptions options,
      int groups,
      int tokensPerChunk,
      AttentionSample sample) {
    this.weights = weights;
    this.options = options;
    this.groups = groups;
    this.tokensPerChunk = tokensPerChunk;
    this.sample = sample;
  }

  /** What waits here and in the gather belongs to head groups, of which there must be as many. */
  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    new StateOrigin(Map.of("head-groups", String.valueOf(groups)))
        .check(StateOrigin.store(context.getOperatorStateStore()));
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) {
    // The head groups were noted at the start, and the chunks are in keyed state.
  }

  @Override
  public void open(OpenContext context) throws IOException {
    lease = weights.acquire(getRuntimeContext());
    if (!sample.isNone()) {
      maps = new AttentionMaps(getRuntimeContext(), sample, options);
    }
    metrics = new LayerMetrics(getRuntimeContext());
    common = options.with(new Workspace());
    joined = new float[0];
    chunks =
        getRuntimeContext()
            .getListState(new ListStateDescriptor<>("chunks", TypeInformation.of(HeadTask.class)));
  }

  @Override
  public void close() {
    if (lease != null) {
      lease.close();
    }
  }

  @Override
  public void processElement(HeadTask task, Context context, Collector<HeadResult> out)
      throws Exception {
    int modelDim = lease.layer().modelDim();
    int rows = task.embeddings().length / modelDim;
    if (rows == task.sequenceLength()) {
      attend(task.key(), rows, task.embeddings(), out);
      emitMaps(task.key(), List.of(task), task.embeddings(), context);
      return;
    }
    chunks.add(task);
    if (task.firstPosition() + rows < task.sequenceLength()) {
      return;
    }
    List<HeadTask> whole = new ArrayList<>();
    chunks.get().forEach(whole::add);
    int size = Math.multiplyExact(task.sequenceLength(), modelDim);
    if (joined.length < size) {
      joined = new float[size];
    }
    for (HeadTask chunk : whole) {
      System.arraycopy(
          chunk.embeddings(),
          0,
          joined,
          chunk.firstPosition() * modelDim,
          chunk.embeddings().length);
    }
    chunks.clear();
    attend(task.key(), task.sequenceLength(), joined, out);
    emitMaps(task.key(), whole, joined, context);
  }

  private void emitMaps(HeadKey key, List<HeadTask> tasks, float[] embeddings, Context context) {
    if (maps == null || !maps.wants(key.sequenceId())) {
      return;
    }
    String[] labels = new String[tasks.get(0).sequenceLength()];
    for (HeadTask task : tasks) {
      for (int i = 0; i < task.labels().size(); i++) {
        labels[task.firstPosition() + i] = task.labels().get(i);
      }
    }
    maps.emit(
        key.sequenceId(), labels, lease.layer(), key.group(), groups, embeddings, context::output);
  }

  private void attend(HeadKey key, int length, float[] embeddings, Collector<HeadResult> out) {
    HeadGroup heads = lease.layer().headGroup(key.group(), groups);
    int width = heads.columns();
    float[] columns = new float[length * width];
    long start = System.nanoTime();
    AttentionOptions own = options.forSequence(key.sequenceId(), common);
    heads.attend(length, embeddings, 0, columns, 0, own);
    metrics.attended(key.group(), length, start);
    for (int from = 0; from < length; from += tokensPerChunk) {
      int to = Math.min(length, from + tokensPerChunk);
      float[] piece =
          to - from == length ? columns : Arrays.copyOfRange(columns, from * width, to * width);
      out.collect(new HeadResult(key.sequenceId(), key.group(), length, from, piece));
    }
  }
}
