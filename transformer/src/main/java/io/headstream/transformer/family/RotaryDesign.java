package io.headstream.transformer.family;

/**
 * How rotary position embeddings turn: the channels {@code k} and {@code k + headDim/2} of a head
 * at position {@code p} by {@code p · base^(-2k/headDim)}.
 *
 * @param scaling what is done to the angles
 * @param base of the geometric sequence, {@code rope_theta}
 * @param factor by which angles are divided
 * @param lowFrequencyFactor of {@link Scaling#LLAMA3}
 * @param highFrequencyFactor of {@link Scaling#LLAMA3}
 * @param originalPositions positions that the model was first trained on, of {@link Scaling#LLAMA3}
 */
public record RotaryDesign(
    Scaling scaling,
    double base,
    double factor,
    double lowFrequencyFactor,
    double highFrequencyFactor,
    int originalPositions) {

  /** What is done to the angles. */
  public enum Scaling {
    /** Nothing. */
    NONE,
    /** All are divided by the factor. */
    LINEAR,
    /** Those of long waves are divided, those of short ones are not, smoothly between. */
    LLAMA3
  }
}
