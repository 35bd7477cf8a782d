package io.headstream.job.heads;

import io.headstream.attention.AttentionOptions;
import io.headstream.attention.HeadGroup;
import io.headstream.attention.KeyValueCache;
import io.headstream.attention.KeyValuePage;
import io.headstream.attention.MultiHeadAttention;
import io.headstream.attention.Workspace;
import io.headstream.job.layer.AttendOptions;
import io.headstream.job.layer.LayerMetrics;
import io.headstream.job.records.AttentionRow;
import io.headstream.job.records.HeadKey;
import java.util.function.BiConsumer;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.util.OutputTag;

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
  private final AttentionOptions common =
      AttentionOptions.defaults().withWorkspace(new Workspace());
  private final Counter hits;
  private final Counter misses;
  private final LayerMetrics metrics;
  private final AttentionRows attentionRows; // null where nothing is sampled
  private final long bytesPerToken;
  private long storedBytes;

  /**
   * Once in an operator's {@code open}.
   *
   * @param layer all heads
   * @param storedBytes of keys and values that are in the state already
   */
  IncrementalAttention(
      RuntimeContext context, MultiHeadAttention layer, TokenSettings settings, long storedBytes) {
    this.layer = layer;
    this.groups = settings.groups();
    this.bounds = settings.bounds();
    this.options = settings.options();
    this.keyValueHeads = layer.keyValueHeads() / groups;
    this.storedBytes = storedBytes;
    bytesPerToken = 2L * Float.BYTES * keyValueHeads * layer.headDim();
    state = new KeyValueState(context, bounds, keyValueHeads, layer.headDim());
    decoded = new DecodedCaches(settings.pageCacheBytes(), bytesPerToken * KeyValuePage.POSITIONS);
    metrics = new LayerMetrics(context);
    attentionRows = settings.sample().isNone() ? null : new AttentionRows(context, settings);
    MetricGroup group = context.getMetricGroup().addGroup("attention");
    hits = group.counter("pageCacheHits");
    misses = group.counter("pageCacheMisses");
    group.gauge("pageCacheHitShare", this::hitShare);
    group.gauge("pageCacheBytes", decoded::bytes);
    group.gauge("keyValueBytes", this::storedBytes);
    group.gauge("keyValueBytesPerToken", () -> bytesPerToken);
  }

  /**
   * Appends the keys and values of a block of tokens and answers them.
   *
   * @param key the operator's current key
   * @param firstPosition the position of the first row
   * @param x {@code [rows, modelDim]}, row-major
   * @param ends whether nothing has to be kept behind this block
   * @param sideOutput takes what the heads attend to, if the sequence is in the sample
   * @return {@code [rows, modelDim / groups]}, row-major
   */
  float[] attend(
      HeadKey key,
      int firstPosition,
      float[] x,
      boolean ends,
      BiConsumer<OutputTag<AttentionRow>, AttentionRow> sideOutput)
      throws Exception {
    int rows = x.length / layer.modelDim();
    HeadGroup heads = layer.headGroup(key.group(), groups);
    float[] columns = new float[rows * heads.columns()];
    if (rows > 0) {
      long start = System.nanoTime();
      KeyValueCache cache = cache(key, firstPosition);
      AttentionOptions own = options.forSequence(key.sequenceId(), common);
      heads.attend(rows, x, 0, cache, columns, 0, own);
      if (!ends) {
        state.write(cache, firstPosition);
        decoded.put(key, cache);
      }
      metrics.attended(key.group(), rows, start);
      if (attentionRows != null && attentionRows.wants(key.sequenceId())) {
        attentionRows.emit(key, layer, firstPosition, x, cache, sideOutput);
      }
    }
    if (ends) {
      decoded.take(key);
      state.clear();
    }
    countStored(firstPosition, ends ? 0 : firstPosition + rows);
    return columns;
  }

  /** Bytes of the keys and values that are in the state. */
  long storedBytes() {
    return storedBytes;
  }

  private void countStored(int lengthBefore, int length) {
    long more = bounds.storedPositions(length) - bounds.storedPositions(lengthBefore);
    storedBytes += more * bytesPerToken;
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
