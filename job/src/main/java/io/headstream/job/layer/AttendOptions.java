package io.headstream.job.layer;

import io.headstream.attention.AttentionMask;
import io.headstream.attention.AttentionOptions;
import io.headstream.attention.Dropout;
import java.io.Serializable;

/**
 * How a sequence is attended, in a form that travels in an operator.
 *
 * @param causal whether a token sees only itself and what came before
 * @param dropout share of attention weights that are dropped, {@code 0 <= dropout < 1}
 * @param dropoutSeed what the dropout of all sequences has in common
 */
public record AttendOptions(boolean causal, double dropout, long dropoutSeed)
    implements Serializable {

  /** How many positions before itself a token sees; {@code Integer.MAX_VALUE}: all. */
  public int keysBefore() {
    return Integer.MAX_VALUE;
  }

  /** How many positions after itself a token sees; {@code Integer.MAX_VALUE}: all. */
  public int keysAfter() {
    return causal ? 0 : Integer.MAX_VALUE;
  }

  /** How many of the first positions every token sees besides. */
  public int sinks() {
    return 0;
  }

  /** The options for one sequence, on the slot's own thread. */
  public AttentionOptions forSequence(String sequenceId) {
    AttentionOptions options =
        AttentionOptions.defaults()
            .withMask(causal ? AttentionMask.causal() : AttentionMask.none());
    return dropout == 0
        ? options
        : options.withDropout(Dropout.of(dropout, dropoutSeed, Dropout.sequence(sequenceId)));
  }
}
