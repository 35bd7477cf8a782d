package io.headstream.job.records;

import io.headstream.job.serialization.RecordTypeInfoFactory;
import io.headstream.job.serialization.SerializedBy;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInfo;

/**
 * The next tokens of a sequence that is answered token by token: one, or several that had to wait
 * for an earlier one.
 *
 * @param sequenceId which sequence
 * @param firstPosition the position of the first token; how many positions came before this block
 * @param tokens in order of position, without gaps; empty only where the block just ends
 * @param ends whether the sequence has ended, so that nothing of it has to be kept any more
 */
@TypeInfo(RecordTypeInfoFactory.class)
@SerializedBy(TokenBlockSerializer.class)
public record TokenBlock(String sequenceId, int firstPosition, List<Token> tokens, boolean ends) {

  /** These tokens as the end of a sequence that is as long as they reach; not of an empty block. */
  public SequenceChunk chunk() {
    return new SequenceChunk(sequenceId, firstPosition + tokens.size(), tokens);
  }

  /** The tokens' embeddings as {@code [tokens, modelDim]}, row-major, in a new array. */
  public float[] embeddings() {
    return tokens.isEmpty() ? new float[0] : chunk().embeddings();
  }
}
