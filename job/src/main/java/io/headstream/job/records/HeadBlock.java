package io.headstream.job.records;

import io.headstream.job.serialization.RecordTypeInfoFactory;
import io.headstream.job.serialization.SerializedBy;
import org.apache.flink.api.common.typeinfo.TypeInfo;

/**
 * What one head group has to answer next of a sequence that is answered token by token.
 *
 * @param key sequence and head group
 * @param firstPosition the position of the first row
 * @param embeddings {@code [rows, modelDim]}, row-major; empty only where the block just ends
 * @param ends whether the sequence has ended, so that its keys and values can be forgotten
 */
@TypeInfo(RecordTypeInfoFactory.class)
@SerializedBy(HeadBlockSerializer.class)
public record HeadBlock(HeadKey key, int firstPosition, float[] embeddings, boolean ends) {}
