package io.headstream.job.heads;

import io.headstream.attention.AttentionOptions;
import io.headstream.attention.HeadGroup;
import io.headstream.attention.KeyValueCache;
import io.headstream.attention.KeyValuePage;
import io.headstream.attention.MultiHeadAttention;
import io.headstream.attention.Workspace;
import io.headstream.job.layer.AttendOptions;
import io.headstream.job.records.HeadKey;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * Attends with one head group to the next tokens of a sequence, by the keys and values that are
 * kept for it in keyed state. Belongs to one operator and works for its current key.
 *
 * <p>The caches of the sequences that were answered last stay decoded, so that a token need not
 * read its sequence's whole past; everything is written to the state at once all the same.
 */
final class IncrementalAttention {
  private final MultiHeadAttention layer;
  private final int groups;
  private final ContextBounds bounds;
  private final AttendOptions options;
  private final KeyValueState state;
  private final DecodedCaches decoded;
  private final int keyValueHeads;
  private final Workspace workspace = new Workspace();
  private final Counter hits;
  private final Counter misses;

  /**
   * Once in an operator's {@code open}.
   *
   * @param layer all heads
   */
  IncrementalAttention(RuntimeContext context, MultiHeadAttention layer, TokenSettings settings) {
    this.layer = layer;
    this.groups = settings.groups();
    this.bounds = settings.bounds();
    this.options = settings.options();
    this.keyValueHeads = layer.keyValueHeads() / groups;
    long bytesPerToken = 2L * Float.BYTES * keyValueHeads * layer.headDim();
    state = new KeyValueState(context, bounds, keyValueHeads, layer.headDim());
    decoded = new DecodedCaches(settings.pageCacheBytes(), bytesPerToken * KeyValuePage.POSITIONS);
    MetricGroup group = context.getMetricGroup().addGroup("attention");
    hits = group.counter("pageCacheHits");
    misses = group.counter("pageCacheMisses");
    group.gauge("pageCacheHitShare", this::hitShare);
    group.gauge("pageCacheBytes", decoded::bytes);
    group.gauge("keyValueBytesPerToken", () -> bytesPerToken);
  }

  /**
   * Appends the keys and values of a block of tokens and answers them.
   *
   * @param key the operator's current key
   * @param firstPosition the position of the first row
   * @param x {@code [rows, modelDim]}, row-major
   * @param ends whether nothing has to be kept behind this block
   * @return {@code [rows, modelDim / groups]}, row-major
   */
  float[] attend(HeadKey key, int firstPosition, float[] x, boolean ends) throws Exception {
    int rows = x.length / layer.modelDim();
    HeadGroup heads = layer.headGroup(key.group(), groups);
    float[] columns = new float[rows * heads.columns()];
    if (rows > 0) {
      KeyValueCache cache = cache(key, firstPosition);
      AttentionOptions tokenOptions = options.forTokens(key.sequenceId()).withWorkspace(workspace);
      heads.attend(rows, x, 0, cache, columns, 0, tokenOptions);
      if (!ends) {
        state.write(cache, firstPosition);
        decoded.put(key, cache);
      }
    }
    if (ends) {
      decoded.take(key);
      state.clear();
    }
    return columns;
  }

  private KeyValueCache cache(HeadKey key, int length) {
    if (length == 0) {
      return bounds.newCache(keyValueHeads, layer.headDim());
    }
    KeyValueCache cache = decoded.take(key);
    if (cache != null && cache.length() == length) {
      hits.inc();
      return cache;
    }
    misses.inc();
    return state.read(length);
  }

  private double hitShare() {
    long all = hits.getCount() + misses.getCount();
    return all == 0 ? 1 : (double) hits.getCount() / all;
  }
}
