package io.headstream.transformer.family;

/**
 * How a model knows where a token stands.
 *
 * @param first what position 0 of a sequence counts as in the table of positions
 * @param maxLength how many tokens a sequence may have
 * @param rotary how queries and keys are turned; null if they are not
 * @param embeddingScale what the embedding of a token is multiplied by before positions are added
 * @param paddingToken the id of the token that stands for nothing, whose position counts as 0;
 *     negative if there is none
 * @param clearPadding whether the rows of padding are made zero behind the embedding and each block
 * @param padLeft whether a sequence is filled with padding on the left up to {@code maxLength}, so
 *     that its last token always stands at the last position
 */
public record PositionDesign(
    int first,
    int maxLength,
    RotaryDesign rotary,
    float embeddingScale,
    int paddingToken,
    boolean clearPadding,
    boolean padLeft) {

  /** Positions from a number on, and nothing else. */
  static PositionDesign counted(int first, int maxLength) {
    return new PositionDesign(first, maxLength, null, 1, -1, false, false);
  }

  /** Queries and keys that are turned. */
  static PositionDesign rotary(RotaryDesign rotary, int maxLength) {
    return new PositionDesign(0, maxLength, rotary, 1, -1, false, false);
  }
}
