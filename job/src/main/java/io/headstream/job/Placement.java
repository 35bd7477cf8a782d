package io.headstream.job;

import static io.headstream.job.AttentionSettings.require;

import java.io.Serializable;

/**
 * Where things run. No answer depends on it.
 *
 * @param headGroups how many parallel parts the heads are fanned out into
 * @param pageCacheBytes token by token: most bytes of keys and values that each subtask keeps
 *     decoded beside its state, so that a token need not read its sequence's whole past
 */
public record Placement(int headGroups, long pageCacheBytes) implements Serializable {

  /** One place, and 128 MiB of keys and values. */
  public static final Placement DEFAULT = new Placement(1, 128L << 20);

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is out of range; the message names it
   */
  public Placement {
    require(headGroups >= 1, "head-groups is %d, must be at least 1", headGroups);
    require(pageCacheBytes >= 0, "page-cache is %d bytes, must be at least 0", pageCacheBytes);
  }
}
