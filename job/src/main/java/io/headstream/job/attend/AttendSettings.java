package io.headstream.job.attend;

import io.headstream.job.cache.ContextBounds;
import io.headstream.job.observe.AttentionSample;
import io.headstream.job.weights.AttendOptions;
import io.headstream.job.weights.LayerWeights;
import java.io.Serializable;

/**
 * What {@link Attend} is told: of which layer, and whether it answers whole sequences or from the
 * keys and values that it keeps.
 *
 * @param weights the whole layer's weights
 * @param options mask and dropout
 * @param groups head groups into which the heads are fanned out; 1 where they are in one place
 * @param context how many of the keys and values before a block are kept for it; null where a
 *     sequence is attended to when all of it has come
 * @param pageCacheBytes most bytes of keys and values that a subtask keeps decoded beside its state
 * @param sample of which sequences the attention weights come out
 */
public record AttendSettings(
    LayerWeights weights,
    AttendOptions options,
    int groups,
    ContextBounds context,
    long pageCacheBytes,
    AttentionSample sample)
    implements Serializable {

  /** Of whole sequences. */
  public static AttendSettings ofSequences(
      LayerWeights weights, AttendOptions options, int groups, AttentionSample sample) {
    return new AttendSettings(weights, options, groups, null, 0, sample);
  }
}
