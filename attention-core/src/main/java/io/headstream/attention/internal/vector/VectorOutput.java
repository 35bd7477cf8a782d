package io.headstream.attention.internal.vector;

import static io.headstream.attention.internal.vector.VectorProducts.LANES;
import static io.headstream.attention.internal.vector.VectorProducts.SPECIES;

import io.headstream.attention.internal.kernel.Rows;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The results of a block of queries so far: weighted values that are gathered page by page and tile
 * by tile, {@code o = fma(o, α, tile)}, and divided by the sum of weights in the end. Lanes are
 * channels. A zero may have another sign here than by the rule; adding +0 in the end makes up for
 * it.
 */
final class VectorOutput {
  private final int block; // queries of a block, at most
  private final float[][] pages = new float[2][0]; // [block][columns] each
  private float[] out = new float[0]; // [block][columns]
  private int queries;
  private int valueDim;
  private int columns;
  private boolean empty;

  VectorOutput(int block) {
    this.block = block;
  }

  void reserve(int valueDim) {
    int size = block * wholeVectors(valueDim);
    if (out.length < size) {
      out = new float[size];
      pages[0] = new float[size];
      pages[1] = new float[size];
    }
  }

  private static int wholeVectors(int n) {
    return (n + LANES - 1) / LANES * LANES;
  }

  void begin(int queries, int valueDim) {
    this.queries = queries;
    this.valueDim = valueDim;
    this.columns = wholeVectors(valueDim);
    this.empty = true;
  }

  /** Whether no tile was taken in yet. */
  boolean empty() {
    return empty;
  }

  /** How far rows lie apart: the channels, rounded up to whole vectors. */
  int columns() {
    return columns;
  }

  /** Where the weighted values of one of a tile's two pages go, {@code [queries][columns]}. */
  float[] page(int page) {
    return empty && page == 0 ? out : pages[page];
  }

  /** Takes a tile of one or two pages in. The first one is the output so far. */
  void join(float[] alpha, int tilePages) {
    if (empty && tilePages == 2) {
      addPage(out, pages[1], queries * columns);
    }
    for (int i = 0; i < queries && !empty; i++) {
      if (tilePages == 1) {
        joinPage(out, pages[0], i * columns, (i + 1) * columns, alpha[i]);
      } else {
        joinPages(out, pages[0], pages[1], i * columns, (i + 1) * columns, alpha[i]);
      }
    }
    empty = false;
  }

  private static void addPage(float[] out, float[] page, int n) {
    for (int at = 0; at < n; at += LANES) {
      FloatVector.fromArray(SPECIES, out, at)
          .add(FloatVector.fromArray(SPECIES, page, at))
          .intoArray(out, at);
    }
  }

  private static void joinPage(float[] out, float[] page, int from, int end, float alpha) {
    FloatVector a = FloatVector.broadcast(SPECIES, alpha);
    for (int at = from; at < end; at += LANES) {
      FloatVector tile = FloatVector.fromArray(SPECIES, page, at);
      FloatVector.fromArray(SPECIES, out, at).fma(a, tile).intoArray(out, at);
    }
  }

  private static void joinPages(
      float[] out, float[] first, float[] second, int from, int end, float alpha) {
    FloatVector a = FloatVector.broadcast(SPECIES, alpha);
    for (int at = from; at < end; at += LANES) {
      FloatVector tile =
          FloatVector.fromArray(SPECIES, first, at).add(FloatVector.fromArray(SPECIES, second, at));
      FloatVector.fromArray(SPECIES, out, at).fma(a, tile).intoArray(out, at);
    }
  }

  /** Writes the results: zeros where the sum of weights is 0. */
  void finish(Rows rows, int firstRow, float[] sum) {
    for (int i = 0; i < queries; i++) {
      int to = rows.row(firstRow + i);
      if (sum[i] == 0) {
        Arrays.fill(rows.data(), to, to + valueDim, 0f);
        continue;
      }
      int whole = valueDim / LANES * LANES;
      divide(out, i * columns, rows.data(), to, whole, sum[i]);
      if (whole < valueDim) {
        divideRest(out, i * columns, rows.data(), to, whole, valueDim, sum[i]);
      }
    }
  }

  private static void divide(float[] out, int from, float[] to, int at, int n, float sum) {
    FloatVector l = FloatVector.broadcast(SPECIES, sum);
    for (int c = 0; c < n; c += LANES) {
      FloatVector.fromArray(SPECIES, out, from + c).div(l).add(0f).intoArray(to, at + c);
    }
  }

  private static void divideRest(
      float[] out, int from, float[] to, int at, int first, int n, float sum) {
    for (int c = first; c < n; c++) {
      to[at + c] = out[from + c] / sum + 0f;
    }
  }
}
