package io.headstream.attention.weights;

/** How the projections of query, key and value lie in a weights file. */
public enum WeightsLayout {
  /**
   * In one tensor {@code in_proj_weight}; only where there are as many key/value as query heads.
   */
  PACKED,
  /** In three tensors {@code q_proj_weight}, {@code k_proj_weight} and {@code v_proj_weight}. */
  SEPARATE
}
