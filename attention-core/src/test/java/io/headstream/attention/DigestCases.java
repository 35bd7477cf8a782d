package io.headstream.attention;

import io.headstream.attention.cache.KeyValueCache;
import io.headstream.attention.weights.AttentionParameters;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * A few thousand calls of everything that computes, by the public classes, on small random shapes
 * that lie across the edges of vectors, tiles, pages and blocks.
 */
final class DigestCases {
  private static final int[] DIMS = {1, 2, 3, 4, 5, 8, 15, 16, 17, 20, 31, 32, 33, 48, 64, 65, 80};
  private static final int[] EDGES = {
    1, 2, 47, 48, 49, 63, 64, 65, 96, 97, 127, 128, 129, 255, 257
  };

  private final Executor executor;

  /**
   * The cases.
   *
   * @param executor for calls on several threads
   */
  DigestCases(Executor executor) {
    this.executor = executor;
  }

  /** A kind of calls: each draws its shape and data and hands its results over. */
  @FunctionalInterface
  interface Kind {
    void call(Draw draw, Consumer<float[]> results);
  }

  /** How many calls of a kind. */
  record Calls(Kind kind, int count) {}

  Map<String, Calls> all() {
    Map<String, Calls> all = new LinkedHashMap<>();
    all.put("masks", new Calls(this::masks, 700));
    all.put("edges of tiles and blocks", new Calls(this::edges, 150));
    all.put("scores of plus and minus 50", new Calls(this::largeScores, 200));
    all.put("not finite behind a mask", new Calls(this::notFiniteHidden, 200));
    all.put("not finite in sight", new Calls(this::notFiniteSeen, 200));
    all.put("dropout, soft cap, scale", new Calls(this::options, 200));
    all.put("weights, scores, log-sum-exps", new Calls(this::results, 200));
    all.put("merges", new Calls(this::merges, 100));
    all.put("layers", new Calls(this::layers, 400));
    all.put("head groups", new Calls(this::headGroups, 100));
    all.put("caches", new Calls(this::caches, 300));
    all.put("layers token by token", new Calls(this::tokens, 150));
    return all;
  }

  private void masks(Draw draw, Consumer<float[]> results) {
    Shape shape = Shape.small(draw);
    AttentionOptions options = AttentionOptions.defaults().withMask(mask(draw, shape));
    results.accept(shape.attend(draw, 2, false, threads(draw, options)));
  }

  private void edges(Draw draw, Consumer<float[]> results) {
    int dim = draw.oneOf(DIMS);
    Shape shape = new Shape(1, 2, 1, draw.oneOf(EDGES), draw.oneOf(EDGES), dim, dim);
    AttentionMask mask = draw.oneIn(2) ? AttentionMask.none() : AttentionMask.causalBottomRight();
    AttentionOptions options = AttentionOptions.defaults().withMask(mask);
    results.accept(shape.attend(draw, 2, false, threads(draw, options)));
  }

  /** Products of q and k up to some 50 and more in size, by which most weights vanish. */
  private void largeScores(Draw draw, Consumer<float[]> results) {
    Shape shape = Shape.small(draw);
    AttentionOptions options =
        AttentionOptions.defaults()
            .withMask(draw.oneIn(2) ? AttentionMask.none() : mask(draw, shape))
            .withScale(draw.oneOf(1, 2, 4) * 50f / 16 / shape.headDim);
    results.accept(shape.attend(draw, 4, false, options));
  }

  private void notFiniteHidden(Draw draw, Consumer<float[]> results) {
    Shape shape = Shape.small(draw);
    AttentionOptions options = AttentionOptions.defaults().withMask(mask(draw, shape));
    results.accept(shape.attend(draw, 2, true, options));
  }

  private void notFiniteSeen(Draw draw, Consumer<float[]> results) {
    Shape shape = Shape.small(draw);
    results.accept(shape.attend(draw, 2, true, threads(draw, AttentionOptions.defaults())));
  }

  private void options(Draw draw, Consumer<float[]> results) {
    Shape shape = Shape.small(draw);
    AttentionOptions options = AttentionOptions.defaults().withMask(mask(draw, shape));
    if (draw.oneIn(2)) {
      long[] sequences = {draw.between(0, 99), draw.between(0, 99)};
      options =
          options
              .withMask(AttentionMask.causal())
              .withDropout(Dropout.of(0.3, 7, Arrays.copyOf(sequences, shape.batch)));
    }
    if (draw.oneIn(2)) {
      options = options.withSoftCap(draw.oneOf(1, 5, 30));
    }
    if (draw.oneIn(2)) {
      options = options.withScale(draw.oneOf(0, 1, -2));
    }
    results.accept(shape.attend(draw, 2, false, threads(draw, options)));
  }

  private void results(Draw draw, Consumer<float[]> results) {
    Shape shape = Shape.small(draw);
    int rows = shape.batch * shape.heads * shape.queries;
    float[] weights = new float[rows * shape.keys];
    float[] averaged = new float[shape.batch * shape.queries * shape.keys];
    float[] logSumExp = new float[rows];
    float[] scores = new float[rows * shape.keys];
    AttentionResults asked = new AttentionResults().logSumExp(logSumExp, 0);
    ScoreStage[] stages = ScoreStage.values();
    asked.scores(stages[draw.between(0, stages.length)], scores, 0);
    if (draw.oneIn(2)) {
      asked.weights(weights, 0);
    }
    if (draw.oneIn(2)) {
      asked.averagedWeights(averaged, 0);
    }
    AttentionOptions options =
        AttentionOptions.defaults().withMask(mask(draw, shape)).withResults(asked);
    results.accept(shape.attend(draw, 2, false, options));
    results.accept(weights);
    results.accept(averaged);
    results.accept(logSumExp);
    results.accept(scores);
  }

  private void merges(Draw draw, Consumer<float[]> results) {
    int rows = draw.between(1, 40);
    int dim = draw.oneOf(DIMS);
    float[] aLogSumExp = draw.floats(rows, draw.oneOf(1, 50));
    float[] bLogSumExp = draw.floats(rows, draw.oneOf(1, 50));
    aLogSumExp[draw.between(0, rows)] = Float.NEGATIVE_INFINITY;
    bLogSumExp[draw.between(0, rows)] = Float.NEGATIVE_INFINITY;
    float[] a = draw.floats(rows * dim, 2);
    float[] b = draw.floats(rows * dim, 2);
    PartialAttention.merge(
        rows, dim, a, 0, aLogSumExp, 0, b, 0, bLogSumExp, 0, a, 0, aLogSumExp, 0);
    results.accept(a);
    results.accept(aLogSumExp);
  }

  private void layers(Draw draw, Consumer<float[]> results) {
    Shape shape = Shape.small(draw).withSmallDims(draw);
    int dim = shape.heads * shape.headDim;
    MultiHeadAttention layer = new MultiHeadAttention(weights(draw, shape, draw.oneIn(3)));
    AttentionOptions options =
        threads(draw, AttentionOptions.defaults().withMask(mask(draw, shape)));
    float[] query = draw.floats(shape.batch * shape.queries * dim, 2);
    float[] key = draw.floats(shape.batch * shape.keys * layer.keyInputDim(), 2);
    float[] value = draw.floats(shape.batch * shape.keys * layer.valueInputDim(), 2);
    float[] out = new float[query.length];
    layer.attend(
        shape.batch, shape.queries, shape.keys, query, 0, key, 0, value, 0, out, 0, options);
    results.accept(out);
  }

  private void headGroups(Draw draw, Consumer<float[]> results) {
    Shape shape = Shape.small(draw).withSmallDims(draw).square();
    MultiHeadAttention layer = new MultiHeadAttention(weights(draw, shape, false));
    AttentionOptions options =
        AttentionOptions.defaults().withMask(draw.oneIn(2) ? mask(draw, shape) : band(draw));
    float[] x = draw.floats(shape.queries * layer.modelDim(), 2);
    float[] concatenated = new float[x.length];
    for (int group = 0; group < shape.keyValueHeads; group++) {
      HeadGroup part = layer.headGroup(group, shape.keyValueHeads);
      float[] columns = new float[shape.queries * part.columns()];
      part.attend(shape.queries, x, 0, columns, 0, options);
      results.accept(columns);
      for (int i = 0; i < shape.queries; i++) {
        System.arraycopy(
            columns,
            i * part.columns(),
            concatenated,
            i * layer.modelDim() + group * part.columns(),
            part.columns());
      }
    }
    float[] out = new float[x.length];
    layer.projectOutput(shape.queries, concatenated, 0, out, 0, options);
    results.accept(out);
  }

  private void caches(Draw draw, Consumer<float[]> results) {
    int kv = draw.oneOf(1, 2);
    int heads = kv * draw.oneOf(1, 2, 3);
    int dim = draw.oneOf(DIMS);
    int valueDim = draw.oneIn(2) ? dim : draw.oneOf(DIMS);
    KeyValueCache cache = cache(draw, kv, dim, valueDim);
    AttentionOptions options = AttentionOptions.defaults().withWorkspace(new Workspace());
    for (int call = draw.between(1, 7); call > 0; call--) {
      int filled = draw.oneIn(3) ? draw.between(0, 150) : draw.between(0, 9);
      append(draw, cache, filled, kv, dim, valueDim);
      int queries = draw.oneIn(2) ? 1 : draw.between(1, 50);
      int position = cache.length();
      append(draw, cache, queries, kv, dim, valueDim);
      float[] q = draw.floats(heads * queries * dim, draw.oneOf(1, 10));
      float[] out = new float[heads * queries * valueDim];
      Reference.over(cache, heads).attend(cache, position, queries, q, 0, out, 0, options);
      results.accept(out);
    }
  }

  private static KeyValueCache cache(Draw draw, int kv, int dim, int valueDim) {
    return draw.oneIn(2)
        ? KeyValueCache.growing(kv, dim, valueDim, 2_000)
        : KeyValueCache.sliding(kv, dim, valueDim, draw.between(0, 200), draw.between(0, 70));
  }

  private static void append(
      Draw draw, KeyValueCache cache, int positions, int kv, int dim, int valueDim) {
    float[] k = draw.floats(kv * positions * dim, 2);
    float[] v =
        draw.oneIn(5)
            ? draw.withoutEnd(kv * positions * valueDim, 1)
            : draw.floats(kv * positions * valueDim, 1);
    cache.append(positions, k, 0, v, 0);
  }

  private void tokens(Draw draw, Consumer<float[]> results) {
    Shape shape = Shape.small(draw).withSmallDims(draw).square();
    MultiHeadAttention layer = new MultiHeadAttention(weights(draw, shape, false));
    KeyValueCache cache = cache(draw, shape.keyValueHeads, shape.headDim, shape.headDim);
    AttentionOptions options = AttentionOptions.defaults().withWorkspace(new Workspace());
    float[] x = draw.floats(shape.queries * layer.modelDim(), 2);
    float[] out = new float[x.length];
    for (int i = 0; i < shape.queries; ) {
      int count = draw.oneIn(4) ? draw.between(1, shape.queries - i + 1) : 1;
      layer.attend(count, x, i * layer.modelDim(), cache, out, i * layer.modelDim(), options);
      i += count;
    }
    results.accept(out);
  }

  private static AttentionParameters weights(Draw draw, Shape shape, boolean cross) {
    int e = shape.heads * shape.headDim;
    int d = shape.keyValueHeads * shape.headDim;
    int keyInput = cross ? draw.between(1, 40) : e;
    int valueInput = cross ? draw.between(1, 40) : e;
    return AttentionParameters.ofCross(
        e,
        shape.heads,
        shape.keyValueHeads,
        keyInput,
        valueInput,
        draw.floats(e * e, 0.5f),
        draw.floats(d * keyInput, 0.5f),
        draw.floats(d * valueInput, 0.5f),
        draw.floats(e * e, 0.5f),
        draw.oneIn(2) ? null : draw.floats(e, 1),
        draw.oneIn(2) ? null : draw.floats(d, 1),
        draw.oneIn(2) ? null : draw.floats(d, 1),
        draw.oneIn(2) ? null : draw.floats(e, 1));
  }

  private AttentionOptions threads(Draw draw, AttentionOptions options) {
    return options.withExecutor(executor, draw.between(1, 4));
  }

  /** One or two masks at once, of any kind. */
  private static AttentionMask mask(Draw draw, Shape shape) {
    AttentionMask mask = oneMask(draw, shape);
    return draw.oneIn(3) ? mask.and(band(draw)) : mask;
  }

  private static AttentionMask oneMask(Draw draw, Shape shape) {
    int[] matrix = {
      draw.oneOf(1, shape.batch), draw.oneOf(1, shape.heads), shape.queries, shape.keys
    };
    int cells = matrix[0] * matrix[1] * matrix[2] * matrix[3];
    return switch (draw.between(0, 6)) {
      case 0 -> AttentionMask.none();
      case 1 -> {
        int[] lengths = new int[shape.batch];
        Arrays.setAll(lengths, b -> draw.between(0, shape.keys + 1));
        yield AttentionMask.validLengths(lengths);
      }
      case 2 -> {
        boolean[] sees = new boolean[cells];
        int share = draw.between(1, 9);
        for (int n = 0; n < cells; n++) {
          sees[n] = draw.oneIn(share);
        }
        yield AttentionMask.matrix(sees, matrix);
      }
      case 3 -> AttentionMask.bias(draw.floats(cells, 5), matrix);
      case 4 -> AttentionMask.packed(cuts(draw, shape.queries), cuts(draw, shape.keys));
      default -> band(draw);
    };
  }

  private static AttentionMask band(Draw draw) {
    return switch (draw.between(0, 4)) {
      case 0 -> AttentionMask.causal(draw.between(-20, 60));
      case 1 -> AttentionMask.causalBottomRight();
      case 2 -> AttentionMask.window(draw.between(0, 40), draw.between(0, 40));
      default -> AttentionMask.window(draw.between(0, 40), 0, draw.between(0, 140));
    };
  }

  /** Where three documents begin and the last one ends; some are empty. */
  private static int[] cuts(Draw draw, int length) {
    int first = draw.between(0, length + 1);
    return new int[] {0, first, draw.between(first, length + 1), length};
  }

  /** What a call is about. */
  private record Shape(
      int batch, int heads, int keyValueHeads, int queries, int keys, int headDim, int valueDim) {

    static Shape small(Draw draw) {
      int keyValueHeads = draw.oneOf(1, 1, 2, 3);
      int headDim = draw.oneOf(DIMS);
      return new Shape(
          draw.oneOf(1, 1, 2),
          keyValueHeads * draw.oneOf(1, 1, 2),
          keyValueHeads,
          draw.oneIn(3) ? draw.between(1, 110) : draw.between(1, 20),
          draw.oneIn(3) ? draw.between(1, 300) : draw.between(1, 60),
          headDim,
          draw.oneIn(2) ? headDim : draw.oneOf(DIMS));
    }

    Shape withSmallDims(Draw draw) {
      int dim = draw.between(1, 25);
      return new Shape(batch, heads, keyValueHeads, queries, keys, dim, dim);
    }

    Shape square() {
      return new Shape(1, heads, keyValueHeads, queries, queries, headDim, valueDim);
    }

    /** Attention over random arrays of this shape. */
    float[] attend(Draw draw, float bound, boolean withoutEnd, AttentionOptions options) {
      float[] q = draw.floats(batch * heads * queries * headDim, bound);
      int k = batch * keyValueHeads * keys * headDim;
      int v = batch * keyValueHeads * keys * valueDim;
      boolean spoilKeys = withoutEnd && draw.oneIn(2);
      return new ScaledDotProductAttention(heads, keyValueHeads, headDim, valueDim)
          .attend(
              batch,
              queries,
              keys,
              q,
              spoilKeys ? draw.withoutEnd(k, bound) : draw.floats(k, bound),
              withoutEnd ? draw.withoutEnd(v, 1) : draw.floats(v, 1),
              options);
    }
  }
}
