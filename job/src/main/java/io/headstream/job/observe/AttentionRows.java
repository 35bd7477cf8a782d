package io.headstream.job.observe;

import io.headstream.attention.AttentionOptions;
import io.headstream.attention.AttentionResults;
import io.headstream.attention.HeadGroup;
import io.headstream.attention.MultiHeadAttention;
import io.headstream.attention.ScaledDotProductAttention;
import io.headstream.attention.Workspace;
import io.headstream.attention.cache.KeyValueCache;
import io.headstream.job.cache.ContextBounds;
import io.headstream.job.records.AttentionRow;
import io.headstream.job.records.HeadKey;
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

  /** At most so many are made at a time, unless one token has more. */
  private static final int MOST_WEIGHTS = 1 << 22;

  private final AttentionSample sample;
  private final ContextBounds bounds;
  private final int groups;
  private final AttentionHealth health;
  private final Workspace workspace = new Workspace();

  /** Registers the metrics; once in an operator's {@code open}. */
  public AttentionRows(
      RuntimeContext context, AttentionSample sample, ContextBounds bounds, int groups) {
    this.sample = sample;
    this.bounds = bounds;
    this.groups = groups;
    this.health = new AttentionHealth(context.getMetricGroup().addGroup(LayerMetrics.GROUP));
  }

  /** Whether the weights of a sequence's tokens are asked for. */
  public boolean wants(String sequenceId) {
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
  public void emit(
      HeadKey key,
      MultiHeadAttention layer,
      int firstPosition,
      float[] x,
      KeyValueCache cache,
      BiConsumer<OutputTag<AttentionRow>, AttentionRow> sideOutput) {
    int tokens = x.length / layer.modelDim();
    HeadGroup heads = layer.headGroup(key.group(), groups);
    VisibleKeys visible = new VisibleKeys(bounds, firstPosition, tokens);
    float[] queries = queries(heads, tokens, x, layer.headDim());
    KeyValueCache keys = visible.cache(cache, heads.keyValueHeads(), layer.headDim());
    int ofToken = heads.heads() * visible.length();
    int block = Math.max(1, Math.min(tokens, MOST_WEIGHTS / ofToken));
    for (int first = 0; first < tokens; first += block) {
      int count = Math.min(block, tokens - first);
      float[] weights = weights(keys, visible, heads, queries, tokens, firstPosition, first, count);
      for (int h = 0; h < heads.heads(); h++) {
        for (int i = 0; i < count; i++) {
          int position = firstPosition + first + i;
          int offset = (h * count + i) * visible.length();
          int head = heads.firstHead() + h;
          AttentionRow row = row(key.sequenceId(), head, position, visible, weights, offset);
          health.add(row);
          sideOutput.accept(TAG, row);
        }
      }
    }
  }

  /** {@code [heads, tokens, headDim]}. */
  private float[] queries(HeadGroup heads, int tokens, float[] x, int headDim) {
    float[] queries = new float[heads.heads() * tokens * headDim];
    float[] keys = new float[heads.keyValueHeads() * tokens * headDim]; // which the cache has
    heads.projectQueriesAndKeys(tokens, x, 0, queries, keys, workspace);
    return queries;
  }

  /** Those of some tokens of the block, {@code [heads, count, visible.length()]}. */
  private float[] weights(
      KeyValueCache keys,
      VisibleKeys visible,
      HeadGroup heads,
      float[] queries,
      int tokens,
      int firstPosition,
      int first,
      int count) {
    int ofHead = queries.length / heads.heads();
    int headDim = ofHead / tokens;
    int size = count * headDim;
    float[] own = new float[heads.heads() * size];
    for (int h = 0; h < heads.heads(); h++) {
      System.arraycopy(queries, h * ofHead + first * headDim, own, h * size, size);
    }
    float[] weights = new float[heads.heads() * count * visible.length()];
    AttentionOptions options =
        AttentionOptions.defaults()
            .withMask(visible.mask())
            .withResults(new AttentionResults().weights(weights, 0))
            .withWorkspace(workspace);
    int place = visible.place(firstPosition + first);
    new ScaledDotProductAttention(heads.heads(), heads.keyValueHeads(), headDim)
        .attend(keys, place, count, own, 0, new float[own.length], 0, options);
    return weights;
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
