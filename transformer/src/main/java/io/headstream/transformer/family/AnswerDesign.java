package io.headstream.transformer.family;

import io.headstream.transformer.rows.Activation;
import java.util.List;

/**
 * What a model answers besides hidden states.
 *
 * @param kind what
 * @param tied whether the output projection is the token embedding
 * @param poolerActivation what stands between the two projections of a classifier; null if it has
 *     only one
 * @param classifyLast whether the last token is classified; else the first
 * @param labels names of the classes; empty without a classifier
 * @param multiLabel whether each class is likely or not by itself
 */
public record AnswerDesign(
    Kind kind,
    boolean tied,
    Activation poolerActivation,
    boolean classifyLast,
    List<String> labels,
    boolean multiLabel) {

  /** What a model answers. */
  public enum Kind {
    /** Hidden states. */
    HIDDEN,
    /** The next token. */
    NEXT,
    /** The class of a sequence. */
    CLASS
  }

  /** Hidden states alone. */
  static AnswerDesign hidden() {
    return new AnswerDesign(Kind.HIDDEN, false, null, false, List.of(), false);
  }

  /** The next token. */
  static AnswerDesign next(boolean tied) {
    return new AnswerDesign(Kind.NEXT, tied, null, false, List.of(), false);
  }
}
