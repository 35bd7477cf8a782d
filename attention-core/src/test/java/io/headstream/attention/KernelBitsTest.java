package io.headstream.attention;

import static io.headstream.attention.ScaledDotProductAttentionTest.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.attention.cache.KeyValueCache;
import io.headstream.attention.internal.drive.CallOptions;
import io.headstream.attention.internal.drive.HeadAttention;
import io.headstream.attention.internal.kernel.Backend;
import io.headstream.attention.internal.kernel.CachedHead;
import io.headstream.attention.internal.kernel.KeyValueRows;
import io.headstream.attention.internal.kernel.PackedProjection;
import io.headstream.attention.internal.kernel.Rows;
import io.headstream.attention.internal.kernel.ScalarBackend;
import io.headstream.attention.internal.kernel.TileKernel;
import io.headstream.attention.internal.mask.ScoreRegion;
import io.headstream.attention.internal.vector.VectorBackend;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Vector API gives the bits of plain Java. The build runs this class at several widths. */
class KernelBitsTest {
  private static final float[] SCRATCH = new float[4096];

  private final Backend scalar = new ScalarBackend();
  private final Backend vector = new VectorBackend();

  @Test
  void theWidthIsTheOneThatTheBuildAsksFor() {
    assertThat(vector.name()).isEqualTo(ExpectedKernel.name());
  }

  @ParameterizedTest
  @CsvSource({
    // inputs, outputs
    "1, 1",
    "3, 5",
    "20, 33",
    "64, 64",
    "33, 65",
    "100, 127",
    "64, 128",
    "31, 200",
    "512, 96"
  })
  void projectionsAreTheSame(int inputs, int outputs) {
    for (long seed = 1; seed <= 20; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      float[] weight = Reference.uniform(random, outputs * inputs, 1);
      float[] bias = random.nextBoolean() ? Reference.uniform(random, outputs, 1) : null;
      int rows = random.nextInt(1, 12) * (random.nextInt(4) == 0 ? 13 : 1);
      int from = random.nextBoolean() ? 0 : random.nextInt(outputs);
      int to = random.nextBoolean() ? outputs : random.nextInt(from, outputs) + 1;
      Rows x = new Rows(Reference.uniform(random, 3 + rows * (inputs + 2), 2), 3, inputs + 2);
      float[] expected = new float[5 + rows * (to - from + 3)];
      Arrays.fill(expected, 42);
      float[] actual = expected.clone();
      scalar
          .projection(weight, bias, outputs, inputs)
          .project(x, rows, from, to, new Rows(expected, 4, to - from + 3), SCRATCH);
      vector
          .projection(weight, bias, outputs, inputs)
          .project(x, rows, from, to, new Rows(actual, 4, to - from + 3), SCRATCH);
      // What lies between the rows and around them is not written.
      assertThat(actual[3]).isEqualTo(42);
      assertThat(actual[actual.length - 1]).isEqualTo(42);
      try {
        assertSameBits(actual, expected);
      } catch (AssertionError e) {
        throw new AssertionError(
            "seed %d, rows %d, outputs %d to %d".formatted(seed, rows, from, to), e);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"16, 64, 4", "64, 128, 1", "32, 96, 2", "96, 192, 2", "20, 240, 5", "33, 99, 2"})
  void headsApartHaveTheBitsOfHeadsSideBySide(int headDim, int outputs, int count) {
    SplittableRandom random = new SplittableRandom(headDim);
    float[] weight = Reference.uniform(random, outputs * 300, 1);
    for (float[] bias : new float[][] {null, Reference.uniform(random, outputs, 1)}) {
      for (int rows : new int[] {1, 3, 6, 16, 110}) {
        int first = random.nextInt(outputs / headDim - count + 1) * headDim;
        int columns = count * headDim;
        Rows x = new Rows(Reference.uniform(random, rows * 300, 2), 0, 300);
        float[] beside = new float[rows * columns];
        scalar
            .projection(weight, bias, outputs, 300)
            .project(x, rows, first, first + columns, new Rows(beside, 0, columns), SCRATCH);
        float[] expected = new float[rows * columns + 7];
        for (int r = 0; r < rows; r++) {
          for (int o = 0; o < columns; o++) {
            expected[7 + (o / headDim * rows + r) * headDim + o % headDim] =
                beside[r * columns + o];
          }
        }
        for (Backend backend : List.of(scalar, vector)) {
          float[] apart = new float[rows * columns + 7];
          Rows y = new Rows(apart, 7, headDim);
          int end = first + columns;
          backend
              .projection(weight, bias, outputs, 300)
              .projectHeads(x, rows, first, end, headDim, y, rows * headDim, SCRATCH);
          assertSameBits(apart, expected);
        }
      }
    }
  }

  @Test
  void whatIsNotFiniteIsFoundWhereverItIs() {
    float[] data = new float[100];
    data[3] = Float.NaN; // outside
    data[90] = Float.POSITIVE_INFINITY;
    for (Backend backend : List.of(scalar, vector)) {
      for (float value : new float[] {Float.NaN, Float.NEGATIVE_INFINITY, Float.MAX_VALUE, -0f}) {
        for (int at = 4; at < 90; at++) {
          data[at] = value;
          assertThat(backend.allFinite(data, 4, 1, 0, 86)).isEqualTo(Float.isFinite(value));
          data[at] = 0;
        }
      }
      assertThat(backend.allFinite(data, 4, 1, 0, 0)).isTrue();
    }
  }

  @Test
  void theFirstCallAndTheTwentyThousandthAreTheSame() {
    SplittableRandom random = new SplittableRandom(8);
    PackedProjection projection =
        vector.projection(Reference.uniform(random, 80 * 20, 1), null, 80, 20);
    Rows x = new Rows(Reference.uniform(random, 7 * 20, 1), 0, 20);
    float[] first = new float[7 * 80];
    projection.project(x, 7, 0, 80, new Rows(first, 0, 80), SCRATCH);
    float[] last = new float[7 * 80];
    for (int call = 0; call < 20_000; call++) {
      projection.project(x, 7, 0, 80, new Rows(last, 0, 80), SCRATCH);
    }
    assertSameBits(last, first);
  }

  @Test
  void notANumberAndInfinityAreWhereTheyAre() {
    float[] weight = {1, 0, 0, 1, 1, 1};
    float[] x = {Float.NaN, 1, Float.POSITIVE_INFINITY, 2, 1, Float.NEGATIVE_INFINITY};
    float[] expected = new float[9];
    float[] actual = new float[9];
    scalar
        .projection(weight, null, 3, 2)
        .project(new Rows(x, 0, 2), 3, 0, 3, new Rows(expected, 0, 3), SCRATCH);
    vector
        .projection(weight, null, 3, 2)
        .project(new Rows(x, 0, 2), 3, 0, 3, new Rows(actual, 0, 3), SCRATCH);
    assertSameBits(actual, expected);
  }

  @ParameterizedTest
  @CsvSource({
    // headDim, valueDim
    "1, 1",
    "4, 4",
    "20, 20",
    "33, 5",
    "64, 64",
    "16, 70",
    "128, 31"
  })
  void attentionIsTheSame(int headDim, int valueDim) {
    TileKernel scalarTiles = scalar.tiles(); // used again: nothing is left of the call before
    TileKernel vectorTiles = vector.tiles();
    for (long seed = 1; seed <= 40; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int queries = random.nextInt(1, TileKernel.BLOCK + 1);
      int keyLength = random.nextInt(1, 300);
      float size = random.nextInt(3) == 0 ? 50 : 1;
      float[] q = Reference.uniform(random, queries * headDim, size);
      float[] k = Reference.uniform(random, keyLength * headDim, 1);
      float[] v = Reference.uniform(random, keyLength * valueDim, 1);
      boolean[] sees = new boolean[queries * keyLength];
      int share = random.nextInt(1, 5);
      for (int n = 0; n < sees.length; n++) {
        sees[n] = random.nextInt(share) == 0;
      }
      boolean finite = random.nextInt(3) > 0;
      if (!finite) {
        v[random.nextInt(v.length)] = Float.NaN;
        v[random.nextInt(v.length)] = Float.POSITIVE_INFINITY;
        k[random.nextInt(k.length)] = Float.NaN;
      }
      float[] expected =
          attend(scalarTiles, q, queries, k, v, keyLength, headDim, valueDim, sees, finite);
      float[] actual =
          attend(vectorTiles, q, queries, k, v, keyLength, headDim, valueDim, sees, finite);
      try {
        assertSameBits(actual, expected);
      } catch (AssertionError e) {
        throw new AssertionError(
            "seed %d, %d queries, %d keys, finite %s".formatted(seed, queries, keyLength, finite),
            e);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    // headDim, valueDim
    "1, 1",
    "4, 3",
    "20, 20",
    "33, 5",
    "64, 64",
    "16, 70",
    "130, 31",
    "200, 136"
  })
  void attentionOverACacheIsTheSame(int headDim, int valueDim) {
    TileKernel scalarPages = scalar.pages(TileKernel.BLOCK);
    TileKernel vectorPages = vector.pages(TileKernel.BLOCK);
    for (long seed = 1; seed <= 40; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int queries = random.nextInt(4) == 0 ? TileKernel.BLOCK : random.nextInt(1, 9);
      int length = random.nextInt(queries, 400);
      int heads = random.nextInt(1, 3);
      float[] k = Reference.uniform(random, heads * length * headDim, 1);
      float[] v = Reference.uniform(random, heads * length * valueDim, 1);
      if (random.nextInt(3) == 0) {
        v[random.nextInt(v.length)] = Float.NaN;
        v[random.nextInt(v.length)] = Float.NEGATIVE_INFINITY;
        k[random.nextInt(k.length)] = Float.POSITIVE_INFINITY;
      }
      KeyValueCache cache =
          random.nextBoolean()
              ? KeyValueCache.growing(heads, headDim, valueDim, length)
              : KeyValueCache.sliding(heads, headDim, valueDim, 20, 3);
      int before = length - queries; // the pages that these queries do not see are let go
      append(cache, before, 0, length, k, v, headDim, valueDim, heads);
      append(cache, queries, before, length, k, v, headDim, valueDim, heads);
      int head = random.nextInt(heads);
      float[] q = Reference.uniform(random, queries * headDim, random.nextInt(3) == 0 ? 50 : 1);
      Bits.assertSame(
          attend(vectorPages, q, queries, cache, head),
          attend(scalarPages, q, queries, cache, head),
          "seed %d, %d queries, %d keys",
          seed,
          queries,
          length);
    }
  }

  private static void append(
      KeyValueCache cache,
      int positions,
      int from,
      int length,
      float[] k,
      float[] v,
      int headDim,
      int valueDim,
      int heads) {
    float[] someK = new float[heads * positions * headDim];
    float[] someV = new float[heads * positions * valueDim];
    for (int h = 0; h < heads; h++) {
      int row = h * length + from;
      int size = positions * headDim;
      System.arraycopy(k, row * headDim, someK, h * size, size);
      size = positions * valueDim;
      System.arraycopy(v, row * valueDim, someV, h * size, size);
    }
    cache.append(positions, someK, 0, someV, 0);
  }

  /** The outputs of one head, then each row's log-sum-exp, then all scores. */
  private static float[] attend(
      TileKernel kernel, float[] q, int queries, KeyValueCache cache, int head) {
    int headDim = cache.headDim();
    int valueDim = cache.valueDim();
    int length = cache.length();
    float[] result = new float[queries * (valueDim + 1 + length)];
    AttentionResults results =
        new AttentionResults()
            .logSumExp(result, queries * valueDim)
            .scores(ScoreStage.MASKED, result, queries * (valueDim + 1));
    HeadAttention attention = new HeadAttention(kernel, kernel);
    attention.q().set(q, 0, headDim);
    attention.out().set(result, 0, valueDim);
    attention.results().begin(results.requested(), null, 0, length);
    CachedHead source = attention.cached().set(cache, head);
    attention.attend(
        0, 0, headDim, valueDim, length - queries, queries, source, length, CallOptions.DEFAULTS);
    return result;
  }

  /** The outputs, then each row's maximum and sum, then the last tile's raw scores and weights. */
  private static float[] attend(
      TileKernel kernel,
      float[] q,
      int queries,
      float[] k,
      float[] v,
      int keyLength,
      int headDim,
      int valueDim,
      boolean[] sees,
      boolean finite) {
    float[] result = new float[queries * (valueDim + 2 + 2 * TileKernel.TILE)];
    KeyValueRows source = new KeyValueRows(new ScalarBackend());
    source.k().set(k, 0, headDim);
    source.v().set(v, 0, valueDim);
    kernel.reserve(headDim, valueDim);
    kernel.begin(new Rows(q, 0, headDim), 0, queries, headDim, valueDim, 0.3f);
    boolean[] visible = new boolean[kernel.scores().data().length];
    int scoresAt = queries * (valueDim + 2);
    for (int first = 0; first < keyLength; first += TileKernel.TILE) {
      int keys = Math.min(TileKernel.TILE, keyLength - first);
      ScoreRegion region = new ScoreRegion();
      region.queries = queries;
      region.firstKey = first;
      region.keys = keys;
      region.seeAll();
      kernel.score(source, region);
      copy(kernel, queries, keys, result, scoresAt);
      for (int i = 0; i < queries; i++) {
        for (int j = 0; j < keys; j++) {
          visible[kernel.scores().at(i, j)] = sees[i * keyLength + first + j];
          if (!sees[i * keyLength + first + j]) {
            kernel.scores().hide(i, j);
          }
        }
      }
      kernel.weigh(region);
      copy(kernel, queries, keys, result, scoresAt + queries * TileKernel.TILE);
      kernel.add(source, region, finite ? null : visible);
    }
    kernel.finish(new Rows(result, 0, valueDim), 0);
    for (int i = 0; i < queries; i++) {
      result[queries * valueDim + 2 * i] = kernel.max(i);
      result[queries * valueDim + 2 * i + 1] = kernel.sum(i);
    }
    return result;
  }

  private static void copy(TileKernel kernel, int queries, int keys, float[] to, int at) {
    for (int i = 0; i < queries; i++) {
      for (int j = 0; j < keys; j++) {
        to[at + i * TileKernel.TILE + j] = kernel.scores().data()[kernel.scores().at(i, j)];
      }
    }
  }
}
