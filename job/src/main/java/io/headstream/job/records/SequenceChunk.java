package io.headstream.job.records;

import io.headstream.job.serialization.RecordTypeInfoFactory;
import io.headstream.job.serialization.SerializedBy;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInfo;

/**
 * Consecutive tokens of a completed sequence; most often all of them.
 *
 * <p>A long sequence travels as several chunks, in order, because a record of more than a few MiB
 * would be spilled to disk by the receiver.
 *
 * @param sequenceId which sequence
 * @param sequenceLength how many tokens the whole sequence has
 * @param tokens the chunk's tokens in order of position, without gaps; not empty
 */
@TypeInfo(RecordTypeInfoFactory.class)
@SerializedBy(SequenceChunkSerializer.class)
public record SequenceChunk(String sequenceId, int sequenceLength, List<Token> tokens) {

  /** The position of the chunk's first token. */
  public int firstPosition() {
    return tokens.get(0).position();
  }

  /** Whether these are the sequence's last tokens. */
  public boolean endsSequence() {
    return firstPosition() + tokens.size() == sequenceLength;
  }

  /** The tokens' embeddings as {@code [tokens, modelDim]}, row-major, in a new array. */
  public float[] embeddings() {
    int modelDim = tokens.get(0).embedding().length;
    float[] rows = new float[tokens.size() * modelDim];
    copyEmbeddings(modelDim, rows);
    return rows;
  }

  /**
   * Copies the tokens' embeddings.
   *
   * @param modelDim how long each of them is
   * @param rows gets {@code [tokens, modelDim]}, row-major; may be longer
   * @throws IllegalArgumentException if one has another length
   */
  public void copyEmbeddings(int modelDim, float[] rows) {
    for (int i = 0; i < tokens.size(); i++) {
      float[] embedding = tokens.get(i).embedding();
      if (embedding.length != modelDim) {
        throw new IllegalArgumentException(
            "embedding %d of sequence %s has %d numbers, model-dim is %d"
                .formatted(firstPosition() + i, sequenceId, embedding.length, modelDim));
      }
      System.arraycopy(embedding, 0, rows, i * modelDim, modelDim);
    }
  }
}
