package io.headstream.job.cache;

import io.headstream.job.serialization.RecordTypeInfoFactory;
import io.headstream.job.serialization.SerializedBy;
import org.apache.flink.api.common.typeinfo.TypeInfo;

/**
 * Key and value of one position, as they lie in keyed state until their page is full. Nobody
 * changes its arrays.
 *
 * @param keys {@code [keyValueHeads, headDim]}, row-major
 * @param values {@code [keyValueHeads, headDim]}, row-major
 */
@TypeInfo(RecordTypeInfoFactory.class)
@SerializedBy(StoredRowSerializer.class)
public record StoredRow(float[] keys, float[] values) {}
