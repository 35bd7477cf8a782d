package io.headstream.attention.internal;

/**
 * The SplitMix64 generator (Steele, Lea and Flood 2014) with the counter as an argument.
 *
 * <p>Our own, so that a seed gives the same numbers on every JDK, in any order and on any thread.
 */
public final class SplitMix64 {
  /** The odd integer closest to 2^64 divided by the golden ratio. */
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

  private SplitMix64() {}

  /** The 64 bits at an index, counted from 0, of the sequence that a seed begins. */
  public static long at(long seed, long index) {
    long z = seed + (index + 1) * GOLDEN_GAMMA;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  /**
   * The number at an index, uniform in (-1, 1): the odd multiples of 2^-24, so that every sign is
   * as likely as the other and none is zero.
   */
  public static double symmetricAt(long seed, long index) {
    long odd = (at(seed, index) >>> 40) * 2 + 1;
    return odd * 0x1p-24 - 1;
  }
}
