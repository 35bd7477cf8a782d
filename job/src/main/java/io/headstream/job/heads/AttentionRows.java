package io.headstream.job.heads;

import io.headstream.attention.HeadGroup;
import io.headstream.attention.KeyValueCache;
import io.headstream.attention.MultiHeadAttention;
import io.headstream.attention.Workspace;
import io.headstream.job.layer.AttentionSample;
import io.headstream.job.layer.LayerMetrics;
import io.headstream.job.records.AttentionRow;
import io.headstream.job.records.HeadKey;
import io.headstream.job.records.WeightRows;
import java.util.function.BiConsumer;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.util.OutputTag;

/**
 * The side output for what the tokens of sampled sequences attend to, token by token. The answers
 * know nothing of it: the weights are made anew, from the keys that were kept.
 */
public final class AttentionRows {

  /** The side output of the operators that answer token by token. */
  public static final OutputTag<AttentionRow> TAG =
      new OutputTag<>("attention-rows", TypeInformation.of(AttentionRow.class));

  private final AttentionSample sample;
  private final ContextBounds bounds;
  private final int groups;
  private final AttentionHealth health;
  private final Workspace workspace = new Workspace();

  /** Registers the metrics; once in an operator's {@code open}. */
  AttentionRows(RuntimeContext context, TokenSettings settings) {
    this.sample = settings.sample();
    this.bounds = settings.bounds();
    this.groups = settings.groups();
    this.health = new AttentionHealth(context.getMetricGroup().addGroup(LayerMetrics.GROUP));
  }

  /** Whether the weights of a sequence's tokens are asked for. */
  boolean wants(String sequenceId) {
    return sample.contains(sequenceId);
  }

  /**
   * Hands out the rows of one head group for a block of tokens, head by head, each in order of
   * position.
   *
   * @param key sequence and head group
   * @param firstPosition the position of the first token
   * @param x {@code [tokens, modelDim]}, row-major, at least one token
   * @param cache with the tokens' own keys
   */
  void emit(
      HeadKey key,
      MultiHeadAttention layer,
      int firstPosition,
      float[] x,
      KeyValueCache cache,
      BiConsumer<OutputTag<AttentionRow>, AttentionRow> sideOutput) {
    int tokens = x.length / layer.modelDim();
    int headDim = layer.headDim();
    int keyValueHeads = layer.keyValueHeads() / groups;
    VisibleKeys visible = new VisibleKeys(bounds, firstPosition, tokens);
    float[] ownKeys = new float[tokens * headDim]; // which the cache has already
    for (int n = 0; n < keyValueHeads; n++) {
      HeadGroup heads = layer.headGroup(key.group() * keyValueHeads + n, layer.keyValueHeads());
      float[] queries = new float[heads.heads() * tokens * headDim];
      heads.projectQueriesAndKeys(tokens, x, 0, queries, ownKeys, workspace);
      WeightRows rows =
          new WeightRows(
              visible.gather(cache, n, headDim), visible.length(), headDim, visible.mask());
      for (int h = 0; h < heads.heads(); h++) {
        int head = heads.firstHead() + h;
        rows.forEach(
            visible.place(firstPosition),
            tokens,
            queries,
            h * tokens * headDim,
            (place, weights, offset) -> {
              AttentionRow row =
                  row(key.sequenceId(), head, visible.position(place), visible, weights, offset);
              health.add(row);
              sideOutput.accept(TAG, row);
            });
      }
    }
  }

  private static AttentionRow row(
      String sequenceId, int head, int position, VisibleKeys visible, float[] weights, int offset) {
    int sinks = visible.sinks(position);
    int firstRecent = visible.firstRecent(position);
    int recent = position - firstRecent + 1;
    float[] seen = new float[sinks + recent];
    System.arraycopy(weights, offset, seen, 0, sinks);
    System.arraycopy(weights, offset + visible.place(firstRecent), seen, sinks, recent);
    return new AttentionRow(sequenceId, head, position, sinks, firstRecent, seen);
  }
}
