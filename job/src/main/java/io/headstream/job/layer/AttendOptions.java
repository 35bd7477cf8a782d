package io.headstream.job.layer;

import io.headstream.attention.AttentionMask;
import io.headstream.attention.AttentionOptions;
import io.headstream.attention.Dropout;
import java.io.Serializable;

/**
 * How a sequence is attended, in a form that travels in an operator.
 *
 * @param causal whether a token sees only itself and what came before
 * @param window how many positions before its own a token sees, where it is causal; {@link
 *     #UNLIMITED} for all
 * @param sinks how many of the first positions it sees although they are outside the window
 * @param dropout share of attention weights that are dropped, {@code 0 <= dropout < 1}
 * @param dropoutSeed what the dropout of all sequences has in common
 */
public record AttendOptions(boolean causal, int window, int sinks, double dropout, long dropoutSeed)
    implements Serializable {

  /** The window that hides nothing. */
  public static final int UNLIMITED = Integer.MAX_VALUE;

  /** The options for a whole sequence, on the slot's own thread. */
  public AttentionOptions forSequence(String sequenceId) {
    AttentionMask mask = causal ? AttentionMask.window(window, 0, sinks) : AttentionMask.none();
    return forTokens(sequenceId).withMask(mask);
  }

  /**
   * The options for tokens of a sequence whose keys and values are in a cache, which has the mask.
   */
  public AttentionOptions forTokens(String sequenceId) {
    return dropout == 0
        ? AttentionOptions.defaults()
        : AttentionOptions.defaults()
            .withDropout(Dropout.of(dropout, dropoutSeed, Dropout.sequence(sequenceId)));
  }
}
