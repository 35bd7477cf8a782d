package io.headstream.job.records;

import io.headstream.job.serialization.RecordTypeInfoFactory;
import io.headstream.job.serialization.SerializedBy;
import org.apache.flink.api.common.typeinfo.TypeInfo;

/**
 * The key of one head group's work on one sequence; of a sequence's own where the heads are in one
 * place.
 *
 * <p>Two keys are equal when sequence and group are. The hash is the route: an int chosen so that
 * Flink puts the key into the key group where this head group belongs. It follows from the other
 * two and from the job's maximum parallelism, is found once, and travels with the record.
 */
@TypeInfo(RecordTypeInfoFactory.class)
@SerializedBy(value = HeadKeySerializer.class, key = true)
public final class HeadKey {
  /** In the place of a head group: what goes past the heads, straight to the gather. */
  public static final int TOKENS = -1;

  private final String sequenceId;
  private final int group;
  private final int route;

  /** A key with a route that was found before. */
  public HeadKey(String sequenceId, int group, int route) {
    this.sequenceId = sequenceId;
    this.group = group;
    this.route = route;
  }

  /**
   * The key of all heads of a sequence. Its route is the sequence ID's own hash, so that it belongs
   * where the sequence does.
   */
  public static HeadKey ofSequence(String sequenceId) {
    return new HeadKey(sequenceId, 0, sequenceId.hashCode());
  }

  /** Which sequence. */
  public String sequenceId() {
    return sequenceId;
  }

  /** Which head group, from 0; or {@link #TOKENS}. */
  public int group() {
    return group;
  }

  /** The hash by which Flink finds the key group. */
  public int route() {
    return route;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HeadKey that
        && group == that.group
        && sequenceId.equals(that.sequenceId);
  }

  @Override
  public int hashCode() {
    return route;
  }

  @Override
  public String toString() {
    return sequenceId + "/" + group;
  }
}
