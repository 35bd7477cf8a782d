package io.headstream.job.records;

import io.headstream.job.serialization.RecordTypeInfoFactory;
import io.headstream.job.serialization.SerializedBy;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInfo;

/**
 * What one head group has to attend to: the embeddings of consecutive tokens of a sequence.
 *
 * @param key sequence and head group
 * @param sequenceLength how many tokens the whole sequence has
 * @param firstPosition the position of the first row
 * @param embeddings {@code [rows, modelDim]}, row-major
 * @param labels of the rows' tokens, null for a token without one; empty unless the sequence's
 *     attention weights are asked for and one of the tokens has a label
 */
@TypeInfo(RecordTypeInfoFactory.class)
@SerializedBy(HeadTaskSerializer.class)
public record HeadTask(
    HeadKey key, int sequenceLength, int firstPosition, float[] embeddings, List<String> labels) {

  /** A task without labels. */
  public HeadTask(HeadKey key, int sequenceLength, int firstPosition, float[] embeddings) {
    this(key, sequenceLength, firstPosition, embeddings, List.of());
  }
}
