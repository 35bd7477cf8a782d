package io.headstream.attention;

import io.headstream.attention.internal.Checks;
import io.headstream.attention.internal.kernel.Exp;
import io.headstream.attention.internal.kernel.TileKernel;
import io.headstream.attention.internal.mask.ScoreBlock;
import io.headstream.attention.internal.mask.ScoreRegion;
import java.util.Arrays;

/**
 * Writes one head's share of the {@link AttentionResults}. Weights are made of the masked scores,
 * which wait in the same array, so that the product with K is not computed twice.
 */
final class ResultWriter {
  private static final ScoreStage[] STAGES = ScoreStage.values();

  private AttentionResults results;
  private float[] weights;
  private int weightsOffset;
  private int firstRow; // of this member and head, among all rows of the results
  private int keyLength;

  /** Where the weights of all heads go: the caller's array, or one to average from, or null. */
  static float[] weights(
      AttentionResults results,
      int batch,
      int heads,
      int queryLength,
      int keyLength,
      Workspace workspace) {
    if (results == null || !results.wantsWeights() || results.weights() != null) {
      return results == null ? null : results.weights();
    }
    return workspace.weights(Checks.size("weights", batch, heads, queryLength, keyLength));
  }

  /** Averages the weights of the heads, one after the other, if that is asked for. */
  static void average(
      AttentionResults results,
      float[] weights,
      int batch,
      int heads,
      int queryLength,
      int keyLength) {
    if (results == null || !results.wantsAverage()) {
      return;
    }
    int size = queryLength * keyLength;
    float[] into = results.averaged();
    for (int b = 0; b < batch; b++) {
      int to = results.averagedOffset() + b * size;
      Arrays.fill(into, to, to + size, 0f);
      for (int h = 0; h < heads; h++) {
        int from = results.weightsOffset() + (b * heads + h) * size;
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
   * @param weights where the weights of all heads go, or null; see {@link #weights}
   * @param firstRow {@code (member · heads + head) · queryLength}
   */
  void begin(AttentionResults results, float[] weights, int firstRow, int keyLength) {
    this.results = results;
    this.weights = weights;
    this.weightsOffset = results == null ? 0 : results.weightsOffset();
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
    for (ScoreStage stage : STAGES) {
      if (results.wants(stage)) {
        int offset = results.scoresOffset(stage);
        Arrays.fill(results.scores(stage), offset + from, offset + to, Float.NEGATIVE_INFINITY);
      }
    }
    if (weights != null) {
      int offset = weightsOffset;
      Arrays.fill(weights, offset + from, offset + to, Float.NEGATIVE_INFINITY);
    }
  }

  /** Writes a tile's scores at a stage, where they are asked for. */
  void write(ScoreStage stage, ScoreRegion region, ScoreBlock scores) {
    if (results == null) {
      return;
    }
    if (results.wants(stage)) {
      copy(region, scores, results.scores(stage), results.scoresOffset(stage));
    }
    if (stage == ScoreStage.MASKED && weights != null) {
      copy(region, scores, weights, weightsOffset);
    }
  }

  private void copy(ScoreRegion region, ScoreBlock scores, float[] into, int offset) {
    for (int i = 0; i < region.queries; i++) {
      int row = offset + (firstRow + region.firstQuery + i) * keyLength + region.firstKey;
      for (int j = 0; j < region.end(i); j++) { // beyond it they are hidden
        into[row + j] = scores.data()[scores.at(i, j)];
      }
    }
  }

  /** Writes what is known of some queries once all their keys were taken. */
  void finish(int firstQuery, int queries, TileKernel kernel) {
    for (int i = 0; i < queries; i++) {
      int row = firstRow + firstQuery + i;
      if (results.logSumExp() != null) {
        results.logSumExp()[results.logSumExpOffset() + row] =
            Exp.logSumExp(kernel.max(i), kernel.sum(i));
      }
      if (weights != null) {
        normalise(weightsOffset + row * keyLength, kernel.max(i), kernel.sum(i));
      }
    }
  }

  private void normalise(int from, float max, float sum) {
    for (int j = from; j < from + keyLength; j++) {
      weights[j] = weights[j] == Float.NEGATIVE_INFINITY ? 0f : Exp.exp(weights[j] - max) / sum;
    }
  }
}
