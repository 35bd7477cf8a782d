package io.headstream.transformer.rows;

/**
 * How a model that was trained on shorter texts slows the turns of {@link RotaryEmbedding}: Hugging
 * Face's {@code rope_scaling}.
 */
public abstract class RotaryScaling {
  private static final RotaryScaling NONE =
      new RotaryScaling() {
        @Override
        float scaled(float inverseFrequency) {
          return inverseFrequency;
        }
      };

  private RotaryScaling() {}

  /** Turns as they were trained. */
  public static RotaryScaling none() {
    return NONE;
  }

  /**
   * All turns slower by a factor: {@code "rope_type": "linear"}.
   *
   * @throws IllegalArgumentException if the factor is not a positive finite number
   */
  public static RotaryScaling linear(float factor) {
    positive("factor", factor);
    return new RotaryScaling() {
      @Override
      float scaled(float inverseFrequency) {
        return inverseFrequency / factor;
      }
    };
  }

  /**
   * Llama 3.1's: fast turns stay, slow ones are slower by a factor, those between by something
   * between: {@code "rope_type": "llama3"}.
   *
   * @param factor how much slower the slow ones are
   * @param lowFrequency turns in the original context up to which a turn is slow
   * @param highFrequency turns in the original context from which on a turn is fast
   * @param originalPositions the context that the model was first trained with
   * @throws IllegalArgumentException if a number is not positive and finite, or the low frequency
   *     is not below the high one
   */
  public static RotaryScaling llama3(
      float factor, float lowFrequency, float highFrequency, int originalPositions) {
    positive("factor", factor);
    positive("low_freq_factor", lowFrequency);
    positive("high_freq_factor", highFrequency);
    positive("original_max_position_embeddings", originalPositions);
    if (lowFrequency >= highFrequency) {
      throw new IllegalArgumentException(
          "low_freq_factor is %s, must be below high_freq_factor, which is %s"
              .formatted(lowFrequency, highFrequency));
    }
    return new RotaryScaling() {
      @Override
      float scaled(float inverseFrequency) {
        float waveLength = (float) (2 * Math.PI) / inverseFrequency;
        if (waveLength < originalPositions / highFrequency) {
          return inverseFrequency;
        }
        float slow = inverseFrequency / factor;
        if (waveLength > originalPositions / lowFrequency) {
          return slow;
        }
        float smooth =
            (originalPositions / waveLength - lowFrequency) / (highFrequency - lowFrequency);
        return (1 - smooth) * slow + smooth * inverseFrequency;
      }
    };
  }

  /** The angle a position for one that was trained, in single precision as the models have it. */
  abstract float scaled(float inverseFrequency);

  private static void positive(String name, float value) {
    if (!(value > 0 && value < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + " is " + value + ", must be positive and finite");
    }
  }
}
