package io.headstream.benchmarks.job;

import java.io.Serializable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the sequences and the layer look like: {@code 128x512x8}, with a trailing {@code c} for
 * causal.
 *
 * @param length tokens of a sequence
 * @param modelDim size of an embedding
 * @param heads query heads
 * @param causal whether a token sees none after it
 */
public record Shape(int length, int modelDim, int heads, boolean causal) implements Serializable {
  private static final Pattern WORD = Pattern.compile("(\\d+)x(\\d+)x(\\d+)(c?)");

  /**
   * The shape of a word.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static Shape parse(String word) {
    Matcher parts = WORD.matcher(word);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "shape is \"%s\", expected LENGTHxDIMxHEADS[c]".formatted(word));
    }
    return new Shape(
        Integer.parseInt(parts.group(1)),
        Integer.parseInt(parts.group(2)),
        Integer.parseInt(parts.group(3)),
        !parts.group(4).isEmpty());
  }
}
