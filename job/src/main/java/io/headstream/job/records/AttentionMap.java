package io.headstream.job.records;

import io.headstream.job.serialization.RecordTypeInfoFactory;
import io.headstream.job.serialization.SerializedBy;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInfo;

/**
 * What one head attends to in a whole sequence: the weights {@code softmax(Q·Kᵀ/√d_k + mask)} of
 * equation 1, before dropout.
 *
 * <p>Holds the head's queries and keys; the weights are made of them where they are used, a few
 * rows at a time, with the bits that the answer was made with. So a sequence of n tokens takes
 * {@code 2 · n · headDim} numbers instead of n², of which 8,192 tokens would need 256 MiB a head.
 *
 * @param sequenceId which sequence
 * @param head which query head of the layer, from 0
 * @param labels the tokens' labels, null for a token without one; empty if none has a label
 * @param length tokens of the sequence, at least 1
 * @param keysBefore how many positions before itself a token sees; {@code Integer.MAX_VALUE}: all
 * @param keysAfter how many positions after itself a token sees, likewise
 * @param sinks how many of the first positions every token sees besides; see {@code
 *     AttentionMask.window}
 * @param queries {@code [length, headDim]}, row-major
 * @param keys {@code [length, headDim]}, row-major
 */
@TypeInfo(RecordTypeInfoFactory.class)
@SerializedBy(AttentionMapSerializer.class)
public record AttentionMap(
    String sequenceId,
    int head,
    List<String> labels,
    int length,
    int keysBefore,
    int keysAfter,
    int sinks,
    float[] queries,
    float[] keys)
    implements AttentionRecord {}
