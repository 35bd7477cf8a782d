package io.headstream.attention.internal.kernel;

import io.headstream.attention.cache.KeyValueCache;
import io.headstream.attention.cache.KeyValuePage;

/**
 * Where the keys and values of one key/value head lie.
 *
 * <p>The scalar kernel copies a tile, since only arrays of their own become vector code without the
 * Vector API; a kernel that reads in place asks the implementations for their arrays.
 */
public interface KeyValueSource {
  /** Keys of a tile, which begins at a multiple of this of the key's position. */
  int TILE = KeyValueCache.TILE_POSITIONS;

  /** Keys of a page of a cache; a tile is two of them. */
  int PAGE = KeyValuePage.POSITIONS;

  /** The first tile at or after a tile of which anything is still there. */
  int nextTile(int first);

  /** Copies keys as {@code into[c][j]}; those no longer there become 0. */
  void loadKeys(int first, int keys, int headDim, float[][] into);

  /** Copies values as {@code into[j][c]}; those no longer there become 0. */
  void loadValues(int first, int keys, int valueDim, float[][] into);

  /** Whether all values of the tile are finite; false is never wrong. */
  boolean valuesFinite(int first, int keys, int valueDim);
}
