package io.headstream.job.attend;

import io.headstream.job.records.HeadKey;
import java.io.Serializable;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * Spreads the head groups of every sequence evenly over the slots, in keyed state that can be
 * rescaled.
 *
 * <p>Flink places a key by the key group that its hash falls into. Left to chance, several head
 * groups of a sequence share a slot while others are idle. Here head group {@code g} of {@code G}
 * belongs into key group {@code (keyGroup(sequence) + g · maxParallelism / G) mod maxParallelism},
 * and its key gets a hash that falls there. So a slot gets the same share of every sequence where
 * the parallelism divides G, and never two of its groups where G divides the parallelism.
 */
public final class HeadRouting implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int groups;
  private final int maxParallelism;

  /**
   * Routes for a job.
   *
   * @param groups head groups
   * @param maxParallelism Flink's maximum parallelism of the operator that is keyed
   */
  public HeadRouting(int groups, int maxParallelism) {
    this.groups = groups;
    this.maxParallelism = maxParallelism;
  }

  /** The key of one head group's work on a sequence. */
  public HeadKey key(String sequenceId, int group) {
    int start = sequenceId.hashCode() * 31 + group;
    int keyGroup = keyGroup(sequenceId, group);
    int route = start;
    // About maxParallelism tries. Beginning at the key's own hash keeps routes of a key group
    // apart.
    while (KeyGroupRangeAssignment.computeKeyGroupForKeyHash(route, maxParallelism) != keyGroup) {
      route++;
    }
    return new HeadKey(sequenceId, group, route);
  }

  private int keyGroup(String sequenceId, int group) {
    int first = KeyGroupRangeAssignment.assignToKeyGroup(sequenceId, maxParallelism);
    return (int) ((first + (long) group * maxParallelism / groups) % maxParallelism);
  }
}
