package io.headstream.job.attend;

import io.headstream.attention.AttentionOptions;
import io.headstream.attention.HeadGroup;
import io.headstream.attention.MultiHeadAttention;
import io.headstream.attention.Workspace;
import io.headstream.job.observe.AttentionMaps;
import io.headstream.job.observe.LayerMetrics;
import io.headstream.job.records.Block;
import io.headstream.job.records.HeadKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Attends to a sequence when all of it has come. One that comes whole needs no state; the blocks of
 * a long one wait in keyed state for the last.
 */
final class SequenceAttention implements BlockAttention {
  private final RuntimeContext context;
  private final MultiHeadAttention layer;
  private final AttendSettings settings;
  private final AttentionOptions common;
  private final LayerMetrics metrics;
  private final AttentionMaps maps; // null where nothing is sampled
  private ListState<Block> waiting; // null until there is a block that waits
  private float[] joined = new float[0]; // [rows, modelDim] of the longest in blocks so far

  /** Once in an operator's {@code open}. */
  SequenceAttention(RuntimeContext context, MultiHeadAttention layer, AttendSettings settings) {
    this.context = context;
    this.layer = layer;
    this.settings = settings;
    common = settings.options().with(new Workspace());
    metrics = new LayerMetrics(context, settings.groups());
    maps =
        settings.sample().isNone()
            ? null
            : new AttentionMaps(context, settings.sample(), settings.options());
  }

  @Override
  public void attend(
      Block block, ProcessFunction<Block, Block>.Context output, Collector<Block> out)
      throws Exception {
    if (block.isWhole()) {
      attend(List.of(block), block.rows(), block.values(), output, out);
      return;
    }
    waiting().add(block);
    if (block.ends()) {
      List<Block> blocks = new ArrayList<>();
      waiting().get().forEach(blocks::add);
      waiting().clear();
      attend(blocks, block.firstPosition() + block.rows(), join(blocks), output, out);
    }
  }

  /** Not in the constructor: a stream of whole sequences may have no keys, and needs none. */
  private ListState<Block> waiting() {
    if (waiting == null) {
      waiting =
          context.getListState(
              new ListStateDescriptor<>("blocks", TypeInformation.of(Block.class)));
    }
    return waiting;
  }

  private float[] join(List<Block> blocks) {
    Block last = blocks.get(blocks.size() - 1);
    int size = Math.multiplyExact(last.firstPosition() + last.rows(), layer.modelDim());
    if (joined.length < size) {
      joined = new float[size];
    }
    for (Block block : blocks) {
      int first = block.firstPosition() * layer.modelDim();
      System.arraycopy(block.values(), 0, joined, first, block.values().length);
    }
    return joined;
  }

  private void attend(
      List<Block> blocks,
      int length,
      float[] x,
      ProcessFunction<Block, Block>.Context output,
      Collector<Block> out) {
    HeadKey key = blocks.get(0).key();
    HeadGroup heads = layer.headGroup(key.group(), settings.groups());
    int width = heads.columns();
    float[] columns = new float[Math.multiplyExact(length, width)];
    long start = System.nanoTime();
    AttentionOptions own = settings.options().forSequence(key.sequenceId(), common);
    heads.attend(length, x, 0, columns, 0, own);
    metrics.attended(key.group(), length, start);
    for (Block block : blocks) {
      int from = block.firstPosition() * width;
      float[] ofBlock =
          blocks.size() == 1
              ? columns
              : Arrays.copyOfRange(columns, from, from + block.rows() * width);
      out.collect(block.with(key, ofBlock));
    }
    if (maps != null && maps.wants(key.sequenceId())) {
      maps.emit(key, blocks, length, layer, settings.groups(), x, output::output);
    }
  }

  @Override
  public long storedBytes() {
    return 0;
  }
}
