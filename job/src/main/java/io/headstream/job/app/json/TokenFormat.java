package io.headstream.job.app.json;

import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The form of a token record: what its fields are called, and how embeddings are written. The same
 * for what comes in and what goes out, so that one job's output can be another's input.
 *
 * @param sequenceId name of the sequence's ID
 * @param position name of the position
 * @param embedding name of the embedding as numbers; with {@link #BASE64_SUFFIX} behind it the name
 *     of the embedding as base64
 * @param token name of the index into an embedding table
 * @param label name of the label
 * @param timestamp name of the timestamp
 * @param last name of the flag that says that a token is the last
 * @param encoding how embeddings are written; both are read
 */
public record TokenFormat(
    String sequenceId,
    String position,
    String embedding,
    String token,
    String label,
    String timestamp,
    String last,
    FloatEncoding encoding)
    implements Serializable {

  /** What follows the embedding's name where it is base64. */
  public static final String BASE64_SUFFIX = "_f32";

  /** The names of the documentation, embeddings as numbers. */
  public static final TokenFormat DEFAULT =
      new TokenFormat(
          "sequence_id",
          "position",
          "embedding",
          "token",
          "label",
          "timestamp",
          "last",
          FloatEncoding.JSON);

  /**
   * Checks that no two fields have one name.
   *
   * @throws IllegalArgumentException if two have, or one is empty; the message names it
   */
  public TokenFormat {
    Set<String> names = new HashSet<>();
    for (String name :
        List.of(
            sequenceId,
            position,
            embedding,
            embedding + BASE64_SUFFIX,
            token,
            label,
            timestamp,
            last)) {
      if (name.isEmpty()) {
        throw new IllegalArgumentException("a field's name is empty");
      }
      if (!names.add(name)) {
        throw new IllegalArgumentException("two fields are called '" + name + "'");
      }
    }
  }

  /** The name of an embedding as base64. */
  public String base64Embedding() {
    return embedding + BASE64_SUFFIX;
  }

  /** The same names with another encoding. */
  public TokenFormat withEncoding(FloatEncoding other) {
    return new TokenFormat(sequenceId, position, embedding, token, label, timestamp, last, other);
  }
}
