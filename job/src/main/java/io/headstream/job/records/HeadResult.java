package io.headstream.job.records;

import io.headstream.job.serialization.RecordTypeInfoFactory;
import io.headstream.job.serialization.SerializedBy;
import org.apache.flink.api.common.typeinfo.TypeInfo;

/**
 * What one head group answered for consecutive tokens of a sequence: its own columns of the
 * concatenated heads.
 *
 * @param sequenceId which sequence
 * @param group which head group, from 0
 * @param sequenceLength how many tokens the whole sequence has
 * @param firstPosition the position of the first row
 * @param columns {@code [rows, modelDim / groups]}, row-major
 */
@TypeInfo(RecordTypeInfoFactory.class)
@SerializedBy(HeadResultSerializer.class)
public record HeadResult(
    String sequenceId, int group, int sequenceLength, int firstPosition, float[] columns) {

  /**
   * Whether these are the sequence's last rows.
   *
   * @param width columns of a row
   */
  public boolean endsSequence(int width) {
    return firstPosition + columns.length / width == sequenceLength;
  }
}
