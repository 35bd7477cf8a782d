package io.headstream.job.weights;

import io.headstream.attention.AttentionMask;
import io.headstream.attention.AttentionOptions;
import io.headstream.attention.Dropout;
import io.headstream.attention.Workspace;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;

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

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if they do not fit; the message names them
   */
  public AttendOptions {
    require(window >= 0, "window is %d, must be at least 0", window);
    require(sinks >= 0, "sinks is %d, must be at least 0", sinks);
    require(dropout >= 0 && dropout < 1, "dropout is %s, must be at least 0 and below 1", dropout);
    require(causal || window == UNLIMITED, "window %d needs a causal mask", window);
  }

  private static void require(boolean condition, String message, Object value) {
    if (!condition) {
      throw new IllegalArgumentException(message.formatted(value));
    }
  }

  /** These options, causal, with a window that no context of more positions fits into. */
  public AttendOptions withLongestContext(int positions) {
    return new AttendOptions(true, Math.min(window, positions - 1), sinks, dropout, dropoutSeed);
  }

  /** How many positions before its own a token sees. */
  public int keysBefore() {
    return causal ? window : UNLIMITED;
  }

  /** How many positions after its own a token sees. */
  public int keysAfter() {
    return causal ? 0 : UNLIMITED;
  }

  /** What keys and values that are kept depend on, by the names of the options. */
  public Map<String, String> stateDependsOn() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("context", String.valueOf(keysBefore() + 1L));
    values.put("sinks", String.valueOf(sinks));
    values.put("dropout", String.valueOf(dropout));
    values.put("dropout-seed", String.valueOf(dropoutSeed));
    return values;
  }

  /** What all whole sequences have in common: on the slot's own thread, in its own buffers. */
  public AttentionOptions with(Workspace workspace) {
    return AttentionOptions.defaults()
        .withMask(causal ? AttentionMask.window(window, 0, sinks) : AttentionMask.none())
        .withWorkspace(workspace);
  }

  /**
   * The options for one sequence.
   *
   * @param common what {@link #with} gave; or, where keys and values are in a cache, which has the
   *     mask, options without one
   */
  public AttentionOptions forSequence(String sequenceId, AttentionOptions common) {
    return dropout == 0
        ? common
        : common.withDropout(Dropout.of(dropout, dropoutSeed, Dropout.sequence(sequenceId)));
  }
}
