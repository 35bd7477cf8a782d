package io.headstream.transformer;

import io.headstream.attention.cache.KeyValueCache;

/**
 * What a causal model keeps of one sequence: the keys and values of each of its layers.
 *
 * <p>The next block of the sequence, of one token or many, then costs no more than its own rows,
 * and gives the bits that the whole sequence would. Made by {@link TransformerModel#newCache}, for
 * that model and one thread at a time. A call that throws anything but {@link
 * IllegalArgumentException} or {@link IllegalStateException} leaves a cache that is of no further
 * use.
 */
public final class SequenceCache {
  private final KeyValueCache[] layers;
  private final ModelBody model;

  SequenceCache(ModelBody model, KeyValueCache[] layers) {
    this.model = model;
    this.layers = layers;
  }

  /** {@return how many tokens are in it: the position of the next one} */
  public int length() {
    return layers.length == 0 ? 0 : layers[0].length();
  }

  /** {@return how many layers there are} */
  public int layers() {
    return layers.length;
  }

  /**
   * The keys and values of a layer, to keep them elsewhere or to put them back.
   *
   * @param layer 0 to {@code layers() - 1}
   * @return the cache of that layer, not a copy
   */
  public KeyValueCache layer(int layer) {
    return layers[layer];
  }

  KeyValueCache[] byLayer() {
    return layers;
  }

  boolean isOf(ModelBody other) {
    return model == other;
  }
}
