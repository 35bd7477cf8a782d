package io.headstream.job.records;

import io.headstream.job.serialization.RecordTypeInfoFactory;
import io.headstream.job.serialization.SerializedBy;
import java.util.Objects;
import org.apache.flink.api.common.typeinfo.TypeInfo;

/**
 * One token of a sequence: what goes into the job, and, with the answer in place of the embedding,
 * what comes out.
 *
 * <p>The embedding is shared, not copied: whoever makes a token must not change the array later.
 *
 * @param sequenceId which sequence the token belongs to; 1 to 1,024 characters
 * @param position 0-based position in the sequence, or {@link #ON_ARRIVAL}
 * @param embedding model-dim finite numbers
 * @param label a word or an event's name, carried through; may be null
 * @param timestamp milliseconds since 1970, carried through; may be null
 * @param last whether no position of the sequence is higher
 * @param source where the token was read, such as {@code tokens.jsonl:17}; empty where nobody knows
 */
@TypeInfo(RecordTypeInfoFactory.class)
@SerializedBy(TokenSerializer.class)
public record Token(
    String sequenceId,
    int position,
    float[] embedding,
    String label,
    Long timestamp,
    boolean last,
    String source)
    implements ReadRecord.Content, DeadLetter.Content {

  /** The position of a token whose place is counted as it arrives. */
  public static final int ON_ARRIVAL = -1;

  private static final float[] NO_EMBEDDING = new float[0];

  /** Checks that nothing but the label and the timestamp is null. */
  public Token {
    Objects.requireNonNull(sequenceId, "sequenceId");
    Objects.requireNonNull(embedding, "embedding");
    Objects.requireNonNull(source, "source");
  }

  /** A token with neither label nor timestamp, from nowhere in particular. */
  public static Token of(String sequenceId, int position, float[] embedding, boolean last) {
    return new Token(sequenceId, position, embedding, null, null, last, "");
  }

  /** What pictures of the attention need of this token. */
  public Token labelAlone() {
    return new Token(sequenceId, position, NO_EMBEDDING, label, null, false, "");
  }

  /** This token with another embedding, which is how an answer is made. */
  public Token withEmbedding(float[] other) {
    return new Token(sequenceId, position, other, label, timestamp, last, source);
  }

  /** This token at another position. */
  public Token withPosition(int other) {
    return new Token(sequenceId, other, embedding, label, timestamp, last, source);
  }

  /** This token as one that says that it is the last, or as one that does not. */
  public Token withLast(boolean other) {
    return new Token(sequenceId, position, embedding, label, timestamp, other, source);
  }
}
