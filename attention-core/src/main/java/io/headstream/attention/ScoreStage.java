package io.headstream.attention;

/** At which step of equation 1 the scores are asked for; ONNX's modes 0 to 2 in their order. */
public enum ScoreStage {
  /** {@code Q·Kᵀ·scale}, of hidden keys too. */
  RAW,
  /** After the soft cap; the same as {@link #RAW} where there is none. */
  CAPPED,
  /** After biases and masks: minus infinity where a query may not attend. */
  MASKED
}
