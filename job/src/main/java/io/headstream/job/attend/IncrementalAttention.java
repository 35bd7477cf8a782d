package io.headstream.job.attend;

import io.headstream.attention.AttentionOptions;
import io.headstream.attention.HeadGroup;
import io.headstream.attention.MultiHeadAttention;
import io.headstream.attention.Workspace;
import io.headstream.attention.cache.KeyValueCache;
import io.headstream.attention.cache.KeyValuePage;
import io.headstream.job.cache.ContextBounds;
import io.headstream.job.cache.DecodedCaches;
import io.headstream.job.cache.KeyValueState;
import io.headstream.job.observe.AttentionRows;
import io.headstream.job.observe.LayerMetrics;
import io.headstream.job.records.Block;
import io.headstream.job.records.HeadKey;
import io.headstream.job.weights.AttendOptions;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Attends with one head group to the next tokens of a sequence, by the keys and values that are
 * kept for it in keyed state. Belongs to one operator and works for its current key.
 *
 * <p>The caches of the sequences that were answered last stay decoded, so that a token need not
 * read its sequence's whole past; everything is written to the state at once all the same.
 */
final class IncrementalAttention implements BlockAttention {
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
      RuntimeContext context, MultiHeadAttention layer, AttendSettings settings, long storedBytes) {
    this.layer = layer;
    this.groups = settings.groups();
    this.bounds = settings.context();
    this.options = settings.options();
    this.keyValueHeads = layer.keyValueHeads() / groups;
    this.storedBytes = storedBytes;
    bytesPerToken = 2L * Float.BYTES * keyValueHeads * layer.headDim();
    state = new KeyValueState(context, bounds, keyValueHeads, layer.headDim());
    decoded = new DecodedCaches(settings.pageCacheBytes(), bytesPerToken * KeyValuePage.POSITIONS);
    metrics = new LayerMetrics(context, groups);
    attentionRows =
        settings.sample().isNone()
            ? null
            : new AttentionRows(context, settings.sample(), bounds, groups);
    MetricGroup group = context.getMetricGroup().addGroup("attention");
    hits = group.counter("pageCacheHits");
    misses = group.counter("pageCacheMisses");
    group.gauge("pageCacheHitShare", this::hitShare);
    group.gauge("pageCacheBytes", decoded::bytes);
    group.gauge("keyValueBytes", this::storedBytes);
    group.gauge("keyValueBytesPerToken", () -> bytesPerToken);
  }

  @Override
  public void attend(
      Block block, ProcessFunction<Block, Block>.Context output, Collector<Block> out)
      throws Exception {
    HeadKey key = block.key();
    int first = block.firstPosition();
    HeadGroup heads = layer.headGroup(key.group(), groups);
    float[] columns = new float[block.rows() * heads.columns()];
    if (block.rows() > 0) {
      long start = System.nanoTime();
      KeyValueCache cache = cache(key, first);
      AttentionOptions own = options.forSequence(key.sequenceId(), common);
      heads.attend(block.rows(), block.values(), 0, cache, columns, 0, own);
      if (!block.ends()) {
        state.write(cache, first);
        decoded.put(key, cache);
      }
      metrics.attended(key.group(), block.rows(), start);
      if (attentionRows != null && attentionRows.wants(key.sequenceId())) {
        attentionRows.emit(key, layer, first, block.values(), cache, output::output);
      }
    }
    if (block.ends()) {
      decoded.take(key);
      state.clear();
    }
    countStored(first, block.ends() ? 0 : first + block.rows());
    out.collect(block.with(key, columns));
  }

  @Override
  public long storedBytes() {
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
