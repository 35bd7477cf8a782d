package io.headstream.benchmarks.tokens;

import io.headstream.attention.AttentionOptions;
import io.headstream.attention.HeadGroup;
import io.headstream.attention.MultiHeadAttention;
import io.headstream.attention.Workspace;
import io.headstream.attention.cache.KeyValueCache;
import io.headstream.attention.weights.AttentionParameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;

/**
 * What a token costs in token mode: the operator on the heap and on RocksDB beside the bare layer
 * of attention-core with the same weights, context and tokens. A sample is 64 tokens, so that each
 * has one page that becomes full; the ways take turns.
 *
 * <p>Arguments: {@code context DIM HEADS SECONDS CONTEXT...}, or {@code stream DIM HEADS WINDOW
 * TOKENS}.
 */
public final class TokenCost {
  private static final int SAMPLE = 64;
  private static final long AMPLE = 2L << 30;
  private static final double WARM_UP_SECONDS = 4;

  private TokenCost() {}

  private interface Way {
    void answer(int tokens) throws Exception;
  }

  /** Prints a table. */
  public static void main(String[] arguments) throws Exception {
    Shape shape = new Shape(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
    System.out.println("kernel " + MultiHeadAttention.kernel());
    if (arguments[0].equals("stream")) {
      stream(shape, Integer.parseInt(arguments[3]), Integer.parseInt(arguments[4]));
      return;
    }
    for (String context : Arrays.asList(arguments).subList(4, arguments.length)) {
      contexts(shape, Integer.parseInt(context), Double.parseDouble(arguments[3]));
    }
  }

  private static void contexts(Shape shape, int context, double seconds) throws Exception {
    float[][] embeddings = shape.embeddings();
    try (TokenOperator heap = new TokenOperator(shape, context, AMPLE, new HashMapStateBackend());
        TokenOperator heapUndecoded =
            new TokenOperator(shape, context, 0, new HashMapStateBackend());
        TokenOperator rocksDb =
            new TokenOperator(shape, context, AMPLE, new EmbeddedRocksDBStateBackend(true));
        TokenOperator rocksDbUndecoded =
            new TokenOperator(shape, context, 0, new EmbeddedRocksDBStateBackend(true))) {
      Map<String, Way> ways = new LinkedHashMap<>();
      ways.put("bare", bare(shape, context, embeddings));
      ways.put("heap", tokens -> heap.answer("s", tokens, embeddings));
      ways.put("heap, nothing decoded", tokens -> heapUndecoded.answer("s", tokens, embeddings));
      ways.put("RocksDB", tokens -> rocksDb.answer("s", tokens, embeddings));
      ways.put(
          "RocksDB, nothing decoded", tokens -> rocksDbUndecoded.answer("s", tokens, embeddings));
      for (TokenOperator operator : List.of(heap, heapUndecoded, rocksDb, rocksDbUndecoded)) {
        operator.prefill("s", context, embeddings);
      }
      measure(ways, WARM_UP_SECONDS);
      Map<String, double[]> micros = measure(ways, seconds);
      micros.forEach(
          (way, times) ->
              System.out.printf(
                  Locale.ROOT,
                  "d %d, heads %d, context %d, %s: min %.1f, median %.1f us/token, %.2f / %.2f of bare%n",
                  shape.modelDim(),
                  shape.heads(),
                  context,
                  way,
                  times[0],
                  times[1],
                  times[0] / micros.get("bare")[0],
                  times[1] / micros.get("bare")[1]));
    }
  }

  /** Minimum and median in microseconds a token. */
  private static Map<String, double[]> measure(Map<String, Way> ways, double seconds)
      throws Exception {
    Map<String, List<Double>> samples = new LinkedHashMap<>();
    ways.keySet().forEach(way -> samples.put(way, new ArrayList<>()));
    long end = System.nanoTime() + (long) (seconds * 1e9);
    for (int round = 0; round < 3 || System.nanoTime() < end; round++) {
      for (Map.Entry<String, Way> way : ways.entrySet()) {
        // What reads the whole past is slow: an eighth of the rounds say enough of it.
        if (way.getKey().startsWith("RocksDB, ") && round % 8 != 0) {
          continue;
        }
        long start = System.nanoTime();
        way.getValue().answer(SAMPLE);
        samples.get(way.getKey()).add((System.nanoTime() - start) / 1e3 / SAMPLE);
      }
    }
    Map<String, double[]> result = new LinkedHashMap<>();
    samples.forEach(
        (way, times) -> {
          Collections.sort(times);
          result.put(way, new double[] {times.get(0), times.get(times.size() / 2)});
        });
    return result;
  }

  private static Way bare(Shape shape, int context, float[][] embeddings) {
    int modelDim = shape.modelDim();
    MultiHeadAttention layer =
        new MultiHeadAttention(
            AttentionParameters.xavierUniform(modelDim, shape.heads(), shape.heads(), Shape.SEED));
    HeadGroup heads = layer.headGroup(0, 1);
    KeyValueCache cache =
        KeyValueCache.sliding(shape.heads(), layer.headDim(), layer.headDim(), context - 1, 0);
    AttentionOptions options = AttentionOptions.defaults().withWorkspace(new Workspace());
    float[] concatenated = new float[modelDim];
    float[] answer = new float[modelDim];
    Way way =
        tokens -> {
          for (int i = 0; i < tokens; i++) {
            float[] x = embeddings[cache.length() % embeddings.length];
            heads.attend(1, x, 0, cache, concatenated, 0, options);
            layer.projectOutput(1, concatenated, 0, answer, 0, options);
          }
        };
    float[] x = new float[context * modelDim];
    for (int position = 0; position < context; position++) {
      System.arraycopy(embeddings[position % 509], 0, x, position * modelDim, modelDim);
    }
    heads.attend(context, x, 0, cache, new float[x.length], 0, options);
    return way;
  }

  private static void stream(Shape shape, int window, int tokens) throws Exception {
    float[][] embeddings = shape.embeddings();
    try (TokenOperator heap = new TokenOperator(shape, window, AMPLE, new HashMapStateBackend());
        TokenOperator rocksDb =
            new TokenOperator(shape, window, AMPLE, new EmbeddedRocksDBStateBackend(true))) {
      // Warm by another sequence, so that the first tokens of this one are measured as the last.
      Map<String, TokenOperator> operators = Map.of("heap", heap, "RocksDB", rocksDb);
      for (TokenOperator operator : operators.values()) {
        operator.answer("warm-up", 200_000, embeddings);
      }
      int step = tokens / 10;
      for (int done = 0; done < tokens; done += step) {
        for (Map.Entry<String, TokenOperator> operator : operators.entrySet()) {
          List<Double> samples = new ArrayList<>();
          for (int i = 0; i < step / 1000; i++) {
            long start = System.nanoTime();
            operator.getValue().answer("s", 1000, embeddings);
            samples.add((System.nanoTime() - start) / 1e6);
          }
          Collections.sort(samples);
          System.out.printf(
              Locale.ROOT,
              "d %d, window %d, %s, tokens %,d to %,d: median %.1f us/token%n",
              shape.modelDim(),
              window,
              operator.getKey(),
              done,
              done + step,
              samples.get(samples.size() / 2));
        }
      }
    }
  }
}
