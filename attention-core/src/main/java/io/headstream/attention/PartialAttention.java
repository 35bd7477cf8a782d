package io.headstream.attention;

import io.headstream.attention.internal.Checks;
import io.headstream.attention.internal.kernel.Exp;

/**
 * The merge of attention over disjoint keys: what two calls gave for the same queries over two
 * parts of the keys becomes what one call gives over all of them.
 */
public final class PartialAttention {
  private PartialAttention() {}

  /**
   * Merges two partial results by their log-sum-exps {@code L}: with {@code m = max(L_a, L_b)} and
   * {@code w = exp(L - m)}, {@code out = (w_a·a + w_b·b) / (w_a + w_b)} and {@code L = m + log(w_a
   * + w_b)}.
   *
   * <p>A part that saw no key (log-sum-exp minus infinity) leaves the other as it is; two of them
   * give zeros. NaN in a part's row makes NaN of the row. Not the same bits as one call, but within
   * the error bound of the float scores. The result may be written over either part. Allocates
   * nothing; safe for any number of threads on different arrays.
   *
   * @param rows queries of all members and heads, at least 0
   * @param valueDim channels of a row, at least 1
   * @param a {@code [rows, valueDim]} from {@code aOffset} on, over one part of the keys
   * @param aOffset where {@code a} begins, in floats
   * @param aLogSumExp {@code [rows]} from {@code aLogSumExpOffset} on; see {@link
   *     AttentionResults#logSumExp}
   * @param aLogSumExpOffset where {@code aLogSumExp} begins, in floats
   * @param b {@code [rows, valueDim]} from {@code bOffset} on, over the other part
   * @param bOffset where {@code b} begins, in floats
   * @param bLogSumExp {@code [rows]} from {@code bLogSumExpOffset} on
   * @param bLogSumExpOffset where {@code bLogSumExp} begins, in floats
   * @param out {@code [rows, valueDim]} from {@code outOffset} on
   * @param outOffset where {@code out} begins, in floats
   * @param logSumExp {@code [rows]} from {@code logSumExpOffset} on
   * @param logSumExpOffset where {@code logSumExp} begins, in floats
   * @throws IllegalArgumentException if a range does not fit its array
   */
  public static void merge(
      int rows,
      int valueDim,
      float[] a,
      int aOffset,
      float[] aLogSumExp,
      int aLogSumExpOffset,
      float[] b,
      int bOffset,
      float[] bLogSumExp,
      int bLogSumExpOffset,
      float[] out,
      int outOffset,
      float[] logSumExp,
      int logSumExpOffset) {
    Checks.positive("valueDim", valueDim);
    Checks.range("a", a, aOffset, rows, valueDim);
    Checks.range("aLogSumExp", aLogSumExp, aLogSumExpOffset, rows, 1);
    Checks.range("b", b, bOffset, rows, valueDim);
    Checks.range("bLogSumExp", bLogSumExp, bLogSumExpOffset, rows, 1);
    Checks.range("out", out, outOffset, rows, valueDim);
    Checks.range("logSumExp", logSumExp, logSumExpOffset, rows, 1);
    for (int r = 0; r < rows; r++) {
      float la = aLogSumExp[aLogSumExpOffset + r];
      float lb = bLogSumExp[bLogSumExpOffset + r];
      float max = Math.max(Math.max(la, lb), -Float.MAX_VALUE);
      float wa = Exp.exp(la - max);
      float wb = Exp.exp(lb - max);
      float sum = wa + wb;
      for (int c = 0; c < valueDim; c++) {
        float fromA = a[aOffset + r * valueDim + c];
        float fromB = b[bOffset + r * valueDim + c];
        if (sum == 0) { // zeros, or NaN if every score that was seen is minus infinity
          out[outOffset + r * valueDim + c] = fromA + fromB;
          continue;
        }
        // A part without weight may be NaN, and is left out.
        float value = wa == 0 ? 0f : wa * fromA;
        value = wb == 0 ? value : Math.fma(wb, fromB, value);
        out[outOffset + r * valueDim + c] = value / sum + 0f;
      }
      logSumExp[logSumExpOffset + r] = Exp.logSumExp(max, sum);
    }
  }
}
