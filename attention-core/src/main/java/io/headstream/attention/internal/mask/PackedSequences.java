package io.headstream.attention.internal.mask;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Where the documents of a packed sequence begin. Document {@code d} is queries {@code
 * queryOffsets[d]} to {@code queryOffsets[d + 1]} and the keys between the same two key offsets.
 *
 * @param queryOffsets from 0 to the query length, never falling
 * @param keyOffsets from 0 to the key length, never falling, as many
 */
public record PackedSequences(int[] queryOffsets, int[] keyOffsets) {
  public PackedSequences {
    checkRising("query", queryOffsets);
    checkRising("key", keyOffsets);
    if (queryOffsets.length != keyOffsets.length) {
      throw new IllegalArgumentException(
          "queries have %d documents, keys have %d"
              .formatted(queryOffsets.length - 1, keyOffsets.length - 1));
    }
  }

  /** The offsets of runs of equal IDs. */
  public static int[] offsets(int[] documentIds) {
    int[] offsets = new int[documentIds.length + 1];
    int count = 0;
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < documentIds.length; i++) {
      if (i > 0 && documentIds[i] == documentIds[i - 1]) {
        continue;
      }
      if (!seen.add(documentIds[i])) {
        throw new IllegalArgumentException(
            "document %d begins again at position %d after it ended".formatted(documentIds[i], i));
      }
      offsets[count++] = i;
    }
    offsets[count] = documentIds.length;
    return Arrays.copyOf(offsets, count + 1);
  }

  public boolean sameAs(PackedSequences other) {
    return Arrays.equals(queryOffsets, other.queryOffsets)
        && Arrays.equals(keyOffsets, other.keyOffsets);
  }

  /** Which document a position lies in. */
  public static int at(int[] offsets, int position) {
    int d = 0;
    while (offsets[d + 1] <= position) {
      d++;
    }
    return d;
  }

  public int count() {
    return queryOffsets.length - 1;
  }

  public void check(int queryLength, int keyLength) {
    int queries = queryOffsets[count()];
    int keys = keyOffsets[count()];
    if (queries != queryLength || keys != keyLength) {
      throw new IllegalArgumentException(
          "documents end at query %d and key %d, queries and keys are [%d, %d]"
              .formatted(queries, keys, queryLength, keyLength));
    }
  }

  private static void checkRising(String what, int[] offsets) {
    if (offsets.length == 0 || offsets[0] != 0) {
      throw new IllegalArgumentException(
          "%s offsets of documents are %s, must begin with 0"
              .formatted(what, Arrays.toString(offsets)));
    }
    for (int d = 1; d < offsets.length; d++) {
      if (offsets[d] < offsets[d - 1]) {
        throw new IllegalArgumentException(
            "%s offset %d of documents is %d, after %d"
                .formatted(what, d, offsets[d], offsets[d - 1]));
      }
    }
  }
}
