package io.headstream.attention;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.attention.cache.KeyValueCache;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Position by position, as projections give and take them, is head by head, bit for bit. */
class AttendRowsTest {
  private static final float GUARD = 42f;

  /** A cut of one array, as where queries, keys and values are one projection. */
  private record Layout(int heads, int dim, int offset, int stride) {
    static Layout draw(Draw draw, int heads, int dim) {
      return new Layout(heads, dim, draw.between(0, 9), heads * dim + draw.between(0, 9));
    }

    float[] room(int rows) {
      float[] room = new float[offset + rows * stride];
      Arrays.fill(room, GUARD);
      return room;
    }

    /** Of {@code [heads, rows, dim]}. */
    float[] rows(float[] byHead, int rows) {
      float[] room = room(rows);
      for (int h = 0; h < heads; h++) {
        for (int i = 0; i < rows; i++) {
          int to = offset + i * stride + h * dim;
          System.arraycopy(byHead, (h * rows + i) * dim, room, to, dim);
        }
      }
      return room;
    }
  }

  private final ExecutorService executor = Executors.newFixedThreadPool(2);

  @AfterEach
  void stop() {
    executor.shutdown();
  }

  @Test
  void sequencesPackedOrNot() {
    for (long seed = 1; seed <= 60; seed++) {
      Draw draw = new Draw(seed);
      int keyValueHeads = draw.between(1, 4);
      int heads = keyValueHeads * draw.between(1, 4);
      int dim = draw.oneIn(3) ? 64 : draw.between(1, 40);
      int valueDim = draw.oneIn(3) ? 64 : draw.between(1, 40);
      int first = draw.between(0, 150);
      int length = first + draw.between(1, 150);
      Layout qLayout = Layout.draw(draw, heads, dim);
      Layout kLayout = Layout.draw(draw, keyValueHeads, dim);
      Layout vLayout = Layout.draw(draw, keyValueHeads, valueDim);
      Layout outLayout = Layout.draw(draw, heads, valueDim);
      float[] q = draw.floats(heads * length * dim, 2);
      float[] k = draw.floats(keyValueHeads * length * dim, 2);
      float[] v = draw.withoutEnd(keyValueHeads * length * valueDim, 2);
      AttentionOptions options = AttentionOptions.defaults();
      if (draw.oneIn(2)) {
        AttentionMask packed = AttentionMask.packed(0, first, length);
        options = options.withMask(AttentionMask.causal().and(packed));
      }
      if (draw.oneIn(2)) {
        options = options.withExecutor(executor, 3);
      }
      ScaledDotProductAttention attention =
          new ScaledDotProductAttention(heads, keyValueHeads, dim, valueDim);
      float[] expected = attention.attend(1, length, length, q, k, v, options);
      float[] out = outLayout.room(length);
      attention.attendRows(
          length,
          length,
          qLayout.rows(q, length),
          qLayout.offset,
          qLayout.stride,
          kLayout.rows(k, length),
          kLayout.offset,
          kLayout.stride,
          vLayout.rows(v, length),
          vLayout.offset,
          vLayout.stride,
          out,
          outLayout.offset,
          outLayout.stride,
          options);
      Bits.assertSame(out, outLayout.rows(expected, length), "seed %d", seed);
    }
  }

  @Test
  void blocksAgainstACache() {
    for (long seed = 1; seed <= 60; seed++) {
      Draw draw = new Draw(seed);
      int keyValueHeads = draw.between(1, 4);
      int heads = keyValueHeads * draw.between(1, 4);
      int dim = draw.oneIn(3) ? 64 : draw.between(1, 40);
      int valueDim = draw.oneIn(3) ? 64 : draw.between(1, 40);
      int before = draw.between(0, 200);
      int tokens = draw.oneIn(3) ? 1 : draw.between(1, 100);
      Layout qLayout = Layout.draw(draw, heads, dim);
      Layout kLayout = Layout.draw(draw, keyValueHeads, dim);
      Layout vLayout = Layout.draw(draw, keyValueHeads, valueDim);
      Layout outLayout = Layout.draw(draw, heads, valueDim);
      KeyValueCache byHead = KeyValueCache.growing(keyValueHeads, dim, valueDim, before + tokens);
      KeyValueCache byRow = KeyValueCache.growing(keyValueHeads, dim, valueDim, before + tokens);
      for (int positions : new int[] {before, tokens}) {
        float[] k = draw.floats(keyValueHeads * positions * dim, 2);
        float[] v = draw.floats(keyValueHeads * positions * valueDim, 2);
        byHead.append(positions, k, 0, v, 0);
        byRow.appendRows(
            positions,
            kLayout.rows(k, positions),
            kLayout.offset,
            kLayout.stride,
            vLayout.rows(v, positions),
            vLayout.offset,
            vLayout.stride);
      }
      float[] q = draw.floats(heads * tokens * dim, 2);
      ScaledDotProductAttention attention = Reference.over(byHead, heads);
      AttentionOptions options = AttentionOptions.defaults();
      float[] expected = new float[heads * tokens * valueDim];
      attention.attend(byHead, before, tokens, q, 0, expected, 0, options);
      float[] out = outLayout.room(tokens);
      attention.attendRows(
          byRow,
          before,
          tokens,
          qLayout.rows(q, tokens),
          qLayout.offset,
          qLayout.stride,
          out,
          outLayout.offset,
          outLayout.stride,
          options);
      Bits.assertSame(out, outLayout.rows(expected, tokens), "seed %d", seed);
    }
  }

  @Test
  void errorsNameTheValues() {
    ScaledDotProductAttention attention = new ScaledDotProductAttention(2, 1, 3);
    AttentionOptions options = AttentionOptions.defaults();
    float[] a = new float[12];
    float[] out = new float[12];
    assertThatThrownBy(
            () -> attention.attendRows(2, 2, a, 0, 5, a, 0, 3, a, 0, 3, out, 0, 6, options))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("q has rows of 6 floats, 5 apart");
    assertThatThrownBy(
            () -> attention.attendRows(2, 2, a, 0, 6, a, 7, 3, a, 0, 3, out, 0, 6, options))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("k has 12 floats, 2 rows of 3, 3 apart, from offset 7 on need 13");
    KeyValueCache cache = KeyValueCache.growing(1, 3, 3, 2);
    assertThatThrownBy(() -> cache.appendRows(2, a, 0, 2, a, 0, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("k has rows of 3 floats, 2 apart");
    assertThatThrownBy(() -> cache.appendRows(3, a, 0, 3, a, 0, 3))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("cache has 0 of at most 2 positions, 3 more do not fit");
    cache.appendRows(2, a, 0, 3, a, 0, 3);
    assertThatThrownBy(() -> attention.attendRows(cache, 0, 2, a, 1, 6, out, 0, 6, options))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("q has 12 floats, 2 rows of 6, 6 apart, from offset 1 on need 13");
  }
}
