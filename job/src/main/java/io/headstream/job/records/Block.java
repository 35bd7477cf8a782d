package io.headstream.job.records;

import io.headstream.job.serialization.RecordTypeInfoFactory;
import io.headstream.job.serialization.SerializedBy;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.typeinfo.TypeInfo;

/**
 * Consecutive rows of one sequence: the one record that travels between the stages of the job. A
 * block that begins at position 0 and ends is a whole sequence.
 *
 * <p>What belongs to the tokens alone (label, timestamp, place in the input) is no business of who
 * computes. It goes along where a block is handed on within a task, and on a branch of its own, in
 * blocks of the group {@link HeadKey#TOKENS}, where the heads are fanned out.
 *
 * <p>The arrays are shared, not copied: nobody changes them.
 *
 * @param key which sequence; and which head group's the rows are, where they are one group's
 * @param firstPosition the position of the first row; how many positions came before this block
 * @param rows how many positions; 0 only where the block just ends
 * @param values {@code [rows, width]}, row-major; empty on the branch of the tokens
 * @param ends whether the sequence ends with this block, so that nothing of it is kept behind it
 * @param tokens of the rows, in order of position; empty where they go on their own branch
 */
@TypeInfo(RecordTypeInfoFactory.class)
@SerializedBy(BlockSerializer.class)
public record Block(
    HeadKey key, int firstPosition, int rows, float[] values, boolean ends, List<Token> tokens) {

  private static final float[] NONE = new float[0];

  /** Rows without their tokens. */
  public Block(HeadKey key, int firstPosition, int rows, float[] values, boolean ends) {
    this(key, firstPosition, rows, values, ends, List.of());
  }

  /**
   * Consecutive tokens of a sequence with their embeddings as rows.
   *
   * @param tokens in order of position, without gaps; empty where the block just ends
   * @throws IllegalArgumentException if their embeddings are not all of one length
   */
  public static Block ofTokens(
      String sequenceId, int firstPosition, List<Token> tokens, boolean ends) {
    HeadKey key = HeadKey.ofSequence(sequenceId);
    int rows = tokens.size();
    if (rows == 0) {
      return new Block(key, firstPosition, 0, NONE, ends);
    }
    int width = tokens.get(0).embedding().length;
    float[] values = new float[Math.multiplyExact(rows, width)];
    for (int i = 0; i < rows; i++) {
      float[] embedding = tokens.get(i).embedding();
      if (embedding.length != width) {
        throw new IllegalArgumentException(
            "embedding %d of sequence %s has %d numbers, embedding %d has %d"
                .formatted(firstPosition + i, sequenceId, embedding.length, firstPosition, width));
      }
      System.arraycopy(embedding, 0, values, i * width, width);
    }
    return new Block(key, firstPosition, rows, values, ends, tokens);
  }

  /** A whole sequence: all of its tokens in order of position, of which there is at least one. */
  public static Block ofSequence(String sequenceId, List<Token> tokens) {
    return ofTokens(sequenceId, 0, tokens, true);
  }

  /** Which sequence. */
  public String sequenceId() {
    return key.sequenceId();
  }

  /** Numbers of a row. */
  public int width() {
    return rows == 0 ? 0 : values.length / rows;
  }

  /** Whether this is all of the sequence. */
  public boolean isWhole() {
    return firstPosition == 0 && ends;
  }

  /** These positions with other rows, of any width, for a key of the same sequence. */
  public Block with(HeadKey otherKey, float[] otherValues) {
    return new Block(otherKey, firstPosition, rows, otherValues, ends, tokens);
  }

  /** These positions with other tokens, or with none. */
  public Block withTokens(List<Token> others) {
    return new Block(key, firstPosition, rows, values, ends, others);
  }

  /** What goes on the branch of the tokens: all but the rows' values. */
  public Block tokensAlone() {
    HeadKey branch = new HeadKey(sequenceId(), HeadKey.TOKENS, key.route());
    return new Block(branch, firstPosition, rows, NONE, ends, tokens);
  }

  /**
   * Checks that the rows are as wide as who computes with them expects.
   *
   * @throws IllegalArgumentException if they are not
   */
  public void checkWidth(int modelDim) {
    if (rows > 0 && values.length != (long) rows * modelDim) {
      throw new IllegalArgumentException(
          "embedding %d of sequence %s has %d numbers, model-dim is %d"
              .formatted(firstPosition, sequenceId(), width(), modelDim));
    }
  }

  /** Checks that nothing is null. */
  public Block {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(values, "values");
    Objects.requireNonNull(tokens, "tokens");
  }
}
