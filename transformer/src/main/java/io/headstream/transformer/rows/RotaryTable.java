package io.headstream.transformer.rows;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Cosines and sines of the angles of each position, made when a position is first asked for. Two
 * threads that ask for the same at once make the same numbers, whichever stays.
 */
final class RotaryTable {
  /** Positions that are made together. */
  private static final int PAGE = 64;

  private final float[] inverseFrequencies;
  private final AtomicReferenceArray<float[]> pages;

  RotaryTable(int headDim, float theta, RotaryScaling scaling, int maxPositions) {
    inverseFrequencies = new float[headDim / 2];
    for (int k = 0; k < inverseFrequencies.length; k++) {
      // In single precision, as models are trained.
      float power = (float) StrictMath.pow(theta, (float) (2 * k) / headDim);
      inverseFrequencies[k] = scaling.scaled(1f / power);
    }
    pages = new AtomicReferenceArray<>((maxPositions - 1) / PAGE + 1);
  }

  /** What holds the cosines of a position, and then its sines, from {@link #offset} on. */
  float[] turns(int position) {
    float[] page = pages.get(position / PAGE);
    if (page == null) {
      page = page(position / PAGE * PAGE);
      pages.set(position / PAGE, page);
    }
    return page;
  }

  int offset(int position) {
    return position % PAGE * 2 * inverseFrequencies.length;
  }

  private float[] page(int firstPosition) {
    int half = inverseFrequencies.length;
    float[] page = new float[PAGE * 2 * half];
    for (int p = 0; p < PAGE; p++) {
      for (int k = 0; k < half; k++) {
        float angle = (firstPosition + p) * inverseFrequencies[k];
        page[p * 2 * half + k] = (float) StrictMath.cos(angle);
        page[p * 2 * half + half + k] = (float) StrictMath.sin(angle);
      }
    }
    return page;
  }
}
