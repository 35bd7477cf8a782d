package io.headstream.attention.internal.drive;

import io.headstream.attention.internal.Checks;

/**
 * What a call gives besides its output, and where to. Mutable until the call begins; for one call
 * at a time.
 */
public final class RequestedResults {
  private final Target raw = new Target("RAW");
  private final Target capped = new Target("CAPPED");
  private final Target masked = new Target("MASKED");
  private final Target weights = new Target("weights");
  private final Target averaged = new Target("averagedWeights");
  private final Target logSumExp = new Target("logSumExp");

  /** Scores of all keys, {@code [batch, heads, queryLength, keyLength]}. */
  public Target raw() {
    return raw;
  }

  /** The same after the soft cap. */
  public Target capped() {
    return capped;
  }

  /** The same after biases and masks. */
  public Target masked() {
    return masked;
  }

  /** Attention weights, {@code [batch, heads, queryLength, keyLength]}. */
  public Target weights() {
    return weights;
  }

  /** Attention weights averaged over the heads, {@code [batch, queryLength, keyLength]}. */
  public Target averaged() {
    return averaged;
  }

  /** Log-sum-exps, {@code [batch, heads, queryLength]}. */
  public Target logSumExp() {
    return logSumExp;
  }

  /** Whether scores of keys that nobody sees are asked for. */
  boolean wantsHidden() {
    return raw.isWanted() || capped.isWanted();
  }

  void check(int batch, int heads, int queryLength, int keyLength) {
    raw.check(batch, heads, queryLength, keyLength);
    capped.check(batch, heads, queryLength, keyLength);
    masked.check(batch, heads, queryLength, keyLength);
    weights.check(batch, heads, queryLength, keyLength);
    if (averaged.isWanted()) {
      Checks.range(averaged.name, averaged.data, averaged.offset, batch, queryLength, keyLength);
    }
    if (logSumExp.isWanted()) {
      Checks.range(logSumExp.name, logSumExp.data, logSumExp.offset, batch, heads, queryLength);
    }
  }

  /** Where one of the results goes, if it is asked for. */
  public static final class Target {
    private final String name;
    private float[] data; // or null
    private int offset;

    private Target(String name) {
      this.name = name;
    }

    /** Asks for it, or no longer if {@code into} is null. */
    public void set(float[] into, int offset) {
      this.data = into;
      this.offset = offset;
    }

    boolean isWanted() {
      return data != null;
    }

    float[] data() {
      return data;
    }

    int offset() {
      return offset;
    }

    private void check(int batch, int heads, int queryLength, int keyLength) {
      if (data != null) {
        Checks.range(name, data, offset, batch, heads, queryLength, keyLength);
      }
    }
  }
}
