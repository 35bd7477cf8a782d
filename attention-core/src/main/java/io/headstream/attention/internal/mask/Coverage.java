package io.headstream.attention.internal.mask;

/** How much of a region a mask lets its queries see. */
public enum Coverage {
  /** No query sees any key: the tile need not be read. */
  NONE,
  /** To be asked for each score. */
  SOME,
  /** Every query sees every key. */
  ALL
}
