package io.headstream.attention;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.attention.internal.drive.HeadAttention;
import io.headstream.attention.internal.kernel.KeyValueSource;
import io.headstream.attention.internal.kernel.ScalarTileKernel;
import io.headstream.attention.internal.kernel.TileKernel;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Tiles that no query of a block sees are not read. */
class SkippedTilesTest {
  private static final int LENGTH = 1024;

  private static TreeSet<Integer> read(AttentionMask mask, int queries) {
    TreeSet<Integer> tiles = new TreeSet<>();
    KeyValueSource counting =
        new KeyValueSource() {
          @Override
          public int nextTile(int first) {
            return first;
          }

          @Override
          public void loadKeys(int first, int keys, int headDim, float[][] into) {
            tiles.add(first);
          }

          @Override
          public void loadValues(int first, int keys, int valueDim, float[][] into) {
            assertThat(tiles).contains(first);
          }

          @Override
          public boolean valuesFinite(int first, int keys, int valueDim) {
            return true;
          }
        };
    HeadAttention attention = new HeadAttention(new ScalarTileKernel(TileKernel.BLOCK), null);
    attention.q().set(new float[queries], 0, 1);
    attention.out().set(new float[queries], 0, 1);
    attention.results().begin(null, null, 0, LENGTH);
    AttentionOptions options = AttentionOptions.defaults().withMask(mask);
    attention.attend(0, 0, 1, 1, 0, queries, counting, LENGTH, options.resolved());
    return tiles;
  }

  @Test
  void ofCausalWindowedPaddedPackedAndMaskedKeys() {
    assertThat(read(AttentionMask.none(), 1)).hasSize(8);
    assertThat(read(AttentionMask.causal(), 128)).containsExactly(0);
    assertThat(read(AttentionMask.causal(), 129)).containsExactly(0, 128);
    assertThat(read(AttentionMask.causal(-1), 1)).isEmpty();
    assertThat(read(AttentionMask.window(10, 10).queriesFrom(512), 1)).containsExactly(384, 512);
    assertThat(read(AttentionMask.window(10, 0, 129).queriesFrom(512), 1))
        .containsExactly(0, 128, 384, 512);
    assertThat(read(AttentionMask.validLengths(128), 1)).containsExactly(0);
    assertThat(read(AttentionMask.validLengths(0), 1)).isEmpty();
    assertThat(read(AttentionMask.packed(new int[] {0, 1, 2}, new int[] {0, 0, LENGTH}), 2))
        .hasSize(8);
    assertThat(read(AttentionMask.packed(new int[] {0, 2, 2}, new int[] {0, 150, LENGTH}), 2))
        .containsExactly(0, 128);
    boolean[] one = new boolean[LENGTH];
    one[300] = true;
    assertThat(read(AttentionMask.matrix(one, LENGTH), 5)).containsExactly(256);
  }
}
