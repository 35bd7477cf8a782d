package io.headstream.job.records;

import io.headstream.job.serialization.RecordTypeInfoFactory;
import io.headstream.job.serialization.SerializedBy;
import org.apache.flink.api.common.typeinfo.TypeInfo;

/**
 * What one head group has to attend to: the embeddings of consecutive tokens of a sequence.
 *
 * @param key sequence and head group
 * @param sequenceLength how many tokens the whole sequence has
 * @param firstPosition the position of the first row
 * @param embeddings {@code [rows, modelDim]}, row-major
 */
@TypeInfo(RecordTypeInfoFactory.class)
@SerializedBy(HeadTaskSerializer.class)
public record HeadTask(HeadKey key, int sequenceLength, int firstPosition, float[] embeddings) {}
