package io.headstream.job.heads;

import io.headstream.job.layer.AttendOptions;
import io.headstream.job.layer.AttentionSample;
import io.headstream.job.layer.LayerWeights;
import java.io.Serializable;

/**
 * What the operators are told that answer token by token.
 *
 * @param weights the whole layer's weights
 * @param options dropout
 * @param groups head groups
 * @param bounds how much of the past is kept
 * @param pageCacheBytes most bytes of keys and values that a subtask keeps decoded beside its state
 * @param sample of which sequences the attention weights go to {@link AttentionRows#TAG}
 */
public record TokenSettings(
    LayerWeights weights,
    AttendOptions options,
    int groups,
    ContextBounds bounds,
    long pageCacheBytes,
    AttentionSample sample)
    implements Serializable {

  /** Settings with which nothing is sampled. */
  public TokenSettings(
      LayerWeights weights,
      AttendOptions options,
      int groups,
      ContextBounds bounds,
      long pageCacheBytes) {
    this(weights, options, groups, bounds, pageCacheBytes, AttentionSample.none());
  }
}
