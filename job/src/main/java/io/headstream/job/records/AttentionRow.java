package io.headstream.job.records;

import io.headstream.job.serialization.RecordTypeInfoFactory;
import io.headstream.job.serialization.SerializedBy;
import org.apache.flink.api.common.typeinfo.TypeInfo;

/**
 * What one head attends to with one token that was answered token by token: the weights {@code
 * softmax(q·Kᵀ/√d_k)} of equation 1 over the keys that the token saw, before dropout.
 *
 * <p>Those keys are the first {@code sinks} positions and the recent ones, which end with the
 * token's own.
 *
 * @param sequenceId which sequence
 * @param head which query head of the layer, from 0
 * @param position the token's
 * @param sinks how many keys stand before the recent ones; their positions are 0 and up
 * @param firstRecent the position of the first recent key, at least {@code sinks}, at most {@code
 *     position}
 * @param weights {@code [sinks + position - firstRecent + 1]}
 */
@TypeInfo(RecordTypeInfoFactory.class)
@SerializedBy(AttentionRowSerializer.class)
public record AttentionRow(
    String sequenceId, int head, int position, int sinks, int firstRecent, float[] weights)
    implements AttentionRecord {

  /** The position of a key. */
  public int key(int index) {
    return index < sinks ? index : firstRecent + index - sinks;
  }
}
