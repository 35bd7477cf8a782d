package io.headstream.attention.internal.kernel;

import io.headstream.attention.internal.mask.ScoreBlock;
import io.headstream.attention.internal.mask.ScoreRegion;

/**
 * The arithmetic of attention: a block of queries of one head, one tile of keys after the other.
 *
 * <p>Every bit is decided by these rules and by nothing else, whatever the lanes are:
 *
 * <ul>
 *   <li>Q is multiplied by the scale once. A score is one chain of multiply-adds for each 64
 *       channels, added in order: one chain over 256 would lose more than the product's bound.
 *   <li>The running maximum begins at {@code -Float.MAX_VALUE}, so that minus infinity, the score
 *       of a hidden key, has the weight +0 and changes nothing.
 *   <li>The weights of a tile are added in 16 chains (key mod 16) joined as a fixed tree. Its
 *       weighted values are one chain for each page of 64 keys, and the two are added: one chain
 *       over all 128 would lose up to 37 units in the last place at equal keys and values, two lose
 *       25.
 *   <li>Tiles are joined by {@code l = fma(l, α, tileSum)}, {@code o = fma(o, α, tile)} with {@code
 *       α = exp(oldMax - newMax)}.
 *   <li>The result is {@code o / l}, plus +0 so that no -0 tells the ways apart; zeros if {@code l}
 *       is 0.
 * </ul>
 *
 * <p>For each tile {@link #score}, {@link #weigh} and {@link #add} are called in this order;
 * between them the caller changes {@link #scores()} in place. For one thread at a time.
 */
public interface TileKernel {
  /** Keys of a tile. */
  int TILE = KeyValueSource.TILE;

  /** Keys of a page, whose weighted values are one chain. */
  int PAGE = KeyValueSource.PAGE;

  /** Channels whose products are one chain. */
  int CHAIN_CHANNELS = 64;

  /** Queries of a block, at most. */
  int BLOCK = ScoreRegion.MOST_QUERIES;

  /** Chains in which the weights of a tile are added. */
  int CHAINS = 16;

  /** Grows the buffers for heads of this size; what is large enough stays. */
  void reserve(int headDim, int valueDim);

  /** The scores after {@link #score}, the weights after {@link #weigh}. */
  ScoreBlock scores();

  /** Begins with {@code queries} rows of {@code q} from {@code firstRow} on. */
  void begin(Rows q, int firstRow, int queries, int headDim, int valueDim, float scale);

  /**
   * Fills the scores against the region's keys. A query's scores against keys from its {@link
   * ScoreRegion#end} on may be anything: it sees none of them.
   */
  void score(KeyValueSource source, ScoreRegion region);

  /** Makes weights of the scores; takes them into the running maximum and sum. */
  void weigh(ScoreRegion region);

  /**
   * Adds the weighted values.
   *
   * @param visible who may attend to what, laid out as the scores, or null if values are finite and
   *     a weight of 0 suffices. Since 0·NaN is NaN, a value is left out where this is false
   */
  void add(KeyValueSource source, ScoreRegion region, boolean[] visible);

  /** Writes the results of the block's queries. */
  void finish(Rows out, int firstRow);

  /** The largest score of a row so far; {@code -Float.MAX_VALUE} if there is none. */
  float max(int i);

  /** The sum of a row's weights so far, before dropout; 0 if it saw nothing. */
  float sum(int i);
}
