package io.headstream.job.records;

import io.headstream.attention.AttentionMask;
import io.headstream.attention.AttentionOptions;
import io.headstream.attention.AttentionResults;
import io.headstream.attention.ScaledDotProductAttention;
import io.headstream.attention.Workspace;
import io.headstream.job.serialization.RecordTypeInfoFactory;
import io.headstream.job.serialization.SerializedBy;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInfo;

/**
 * What one head attends to in a whole sequence: the weights {@code softmax(Q·Kᵀ/√d_k + mask)} of
 * equation 1, before dropout.
 *
 * <p>Holds the head's queries and keys; the weights are made of them a few rows at a time, by
 * {@link #forEachRow}, with the bits that the answer was made with. So a sequence of n tokens takes
 * {@code 2 · n · headDim} numbers instead of n², of which 8,192 tokens would need 256 MiB a head.
 *
 * @param sequenceId which sequence
 * @param head which query head of the layer, from 0
 * @param labels the tokens' labels, null for a token without one; empty if none has a label
 * @param length tokens of the sequence, at least 1
 * @param keysBefore how many positions before itself a token sees; {@code Integer.MAX_VALUE}: all
 * @param keysAfter how many positions after itself a token sees, likewise
 * @param sinks how many of the first positions every token sees besides; see {@link
 *     AttentionMask#window(int, int, int)}
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
    float[] keys) {

  /** Rows that are made at a time: what the kernels take at once. */
  private static final int BLOCK = 48;

  /**
   * Takes one row of the map.
   *
   * @param <E> what it may throw
   */
  @FunctionalInterface
  public interface Row<E extends Exception> {
    /**
     * Takes the weights of one query.
     *
     * @param query its position
     * @param weights of all keys, {@code [length]} from {@code offset} on; 0 where the query may
     *     not attend. Only for this call
     * @param offset where the row begins
     */
    void accept(int query, float[] weights, int offset) throws E;
  }

  /** Hands out all rows in order of the query. Threads: safe, each call has its own buffers. */
  public <E extends Exception> void forEachRow(Row<E> row) throws E {
    int headDim = queries.length / length;
    ScaledDotProductAttention attention = new ScaledDotProductAttention(1, 1, headDim, 1);
    AttentionMask mask = AttentionMask.window(keysBefore, keysAfter, sinks);
    Workspace workspace = new Workspace();
    // Weights need no values; one channel of zeros is the least that there can be.
    float[] values = new float[length];
    float[] out = new float[BLOCK];
    float[] weights = new float[Math.min(BLOCK, length) * length];
    for (int first = 0; first < length; first += BLOCK) {
      int rows = Math.min(BLOCK, length - first);
      AttentionOptions options =
          AttentionOptions.defaults()
              .withMask(mask.queriesFrom(first))
              .withResults(new AttentionResults().weights(weights, 0))
              .withWorkspace(workspace);
      attention.attend(
          1, rows, length, queries, first * headDim, keys, 0, values, 0, out, 0, options);
      for (int i = 0; i < rows; i++) {
        row.accept(first + i, weights, i * length);
      }
    }
  }
}
