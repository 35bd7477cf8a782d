package io.headstream.attention.internal.drive;

import io.headstream.attention.internal.Checks;
import io.headstream.attention.internal.kernel.Exp;
import io.headstream.attention.internal.kernel.TileKernel;
import io.headstream.attention.internal.mask.ScoreBlock;
import io.headstream.attention.internal.mask.ScoreRegion;
import java.util.Arrays;

/**
 * Writes one head's share of the {@link RequestedResults}. Weights are made of the masked scores,
 * which wait in the same array, so that the product with K is not computed twice.
 */
public final class ResultWriter {
  private RequestedResults results;
  private float[] weights;
  private int firstRow; // of this member and head, among all rows of the results
  private int keyLength;

  ResultWriter() {}

  /** Where the weights of all heads go: the caller's array, or one to average from, or null. */
  static float[] weights(
      RequestedResults results,
      int batch,
      int heads,
      int queryLength,
      int keyLength,
      Buffers buffers) {
    if (results == null) {
      return null;
    }
    if (results.weights().isWanted() || !results.averaged().isWanted()) {
      return results.weights().data();
    }
    return buffers.weights(Checks.size("weights", batch, heads, queryLength, keyLength));
  }

  /** Averages the weights of the heads, one after the other, if that is asked for. */
  static void average(
      RequestedResults results,
      float[] weights,
      int batch,
      int heads,
      int queryLength,
      int keyLength) {
    if (results == null || !results.averaged().isWanted()) {
      return;
    }
    int size = queryLength * keyLength;
    float[] into = results.averaged().data();
    for (int b = 0; b < batch; b++) {
      int to = results.averaged().offset() + b * size;
      Arrays.fill(into, to, to + size, 0f);
      for (int h = 0; h < heads; h++) {
        int from = results.weights().offset() + (b * heads + h) * size;
        for (int n = 0; n < size; n++) {
          into[to + n] += weights[from + n];
        }
      }
      for (int n = 0; n < size; n++) {
        into[to + n] /= heads;
      }
    }
  }

  /**
   * Begins with a head.
   *
   * @param results what is asked for, or null
   * @param weights where the weights of all heads go, or null; see {@link #weights}
   * @param firstRow {@code (member · heads + head) · queryLength}
   */
  public void begin(RequestedResults results, float[] weights, int firstRow, int keyLength) {
    this.results = results;
    this.weights = weights;
    this.firstRow = firstRow;
    this.keyLength = keyLength;
  }

  boolean wantsNothing() {
    return results == null;
  }

  boolean wantsHidden() {
    return results != null && results.wantsHidden();
  }

  /** Makes all keys of some queries hidden, until a tile says otherwise. */
  void clear(int firstQuery, int queries) {
    int from = (firstRow + firstQuery) * keyLength;
    int to = from + queries * keyLength;
    hide(results.raw().data(), results.raw().offset(), from, to);
    hide(results.capped().data(), results.capped().offset(), from, to);
    hide(results.masked().data(), results.masked().offset(), from, to);
    hide(weights, results.weights().offset(), from, to);
  }

  private static void hide(float[] data, int offset, int from, int to) {
    if (data != null) {
      Arrays.fill(data, offset + from, offset + to, Float.NEGATIVE_INFINITY);
    }
  }

  /** Writes a tile's scores as the product gave them. */
  void writeRaw(ScoreRegion region, ScoreBlock scores) {
    if (results != null) {
      copy(region, scores, results.raw().data(), results.raw().offset());
    }
  }

  /** Writes a tile's scores after the soft cap. */
  void writeCapped(ScoreRegion region, ScoreBlock scores) {
    if (results != null) {
      copy(region, scores, results.capped().data(), results.capped().offset());
    }
  }

  /** Writes a tile's scores after biases and masks. */
  void writeMasked(ScoreRegion region, ScoreBlock scores) {
    if (results != null) {
      copy(region, scores, results.masked().data(), results.masked().offset());
      copy(region, scores, weights, results.weights().offset());
    }
  }

  private void copy(ScoreRegion region, ScoreBlock scores, float[] into, int offset) {
    if (into == null) {
      return;
    }
    for (int i = 0; i < region.queries; i++) {
      int row = offset + (firstRow + region.firstQuery + i) * keyLength + region.firstKey;
      for (int j = 0; j < region.end(i); j++) { // beyond it they are hidden
        into[row + j] = scores.data()[scores.at(i, j)];
      }
    }
  }

  /** Writes what is known of some queries once all their keys were taken. */
  void finish(int firstQuery, int queries, TileKernel kernel) {
    RequestedResults.Target logSumExp = results.logSumExp();
    for (int i = 0; i < queries; i++) {
      int row = firstRow + firstQuery + i;
      if (logSumExp.isWanted()) {
        logSumExp.data()[logSumExp.offset() + row] = Exp.logSumExp(kernel.max(i), kernel.sum(i));
      }
      if (weights != null) {
        normalise(results.weights().offset() + row * keyLength, kernel.max(i), kernel.sum(i));
      }
    }
  }

  private void normalise(int from, float max, float sum) {
    for (int j = from; j < from + keyLength; j++) {
      weights[j] = weights[j] == Float.NEGATIVE_INFINITY ? 0f : Exp.exp(weights[j] - max) / sum;
    }
  }
}
