package io.headstream.attention;

import io.headstream.attention.internal.Checks;
import io.headstream.attention.internal.mask.BatchMask;
import io.headstream.attention.internal.mask.BooleanMask;
import io.headstream.attention.internal.mask.BroadcastShape;
import io.headstream.attention.internal.mask.MaskConstraint;
import io.headstream.attention.internal.mask.PackedSequences;
import io.headstream.attention.internal.mask.ScoreBias;
import io.headstream.attention.internal.mask.SlidingWindow;
import io.headstream.attention.internal.mask.ValidLengths;

/**
 * Who may attend to whom, and what is added to the scores: the {@code mask} of equation 1 in
 * "Attention Is All You Need" (section 3.2.1), whose hidden positions have a score of minus
 * infinity before the softmax.
 *
 * <p>Masks combine freely with {@link #and}: a query sees what all of them let it see, and biases
 * add up. {@code true} always means <em>may attend</em>. A hidden key changes no bit of a row's
 * result, even if the key, its value or its score is NaN or infinite; a row that sees nothing gives
 * zeros. Tiles of keys that no query of a block sees are neither read nor computed.
 *
 * <p>Arrays of booleans and biases are shared with the caller, who must not change them during a
 * call; other arrays are copied. Immutable and safe for any number of threads.
 */
public final class AttentionMask {
  private static final AttentionMask NONE = new AttentionMask(BatchMask.NONE);

  private final BatchMask mask;

  private AttentionMask(BatchMask mask) {
    this.mask = mask;
  }

  private static AttentionMask of(MaskConstraint constraint) {
    return new AttentionMask(BatchMask.of(constraint));
  }

  /**
   * Every query may attend to every key.
   *
   * @return the mask
   */
  public static AttentionMask none() {
    return NONE;
  }

  /**
   * Query {@code i} may attend to keys {@code j <= i}: itself and what came before. The same as
   * {@link #causalTopLeft}.
   *
   * @return the mask
   */
  public static AttentionMask causal() {
    return causal(0);
  }

  /**
   * Query {@code i} may attend to keys {@code j <= i + offset}.
   *
   * @param offset the key position at which query 0 stands; may be negative
   * @return the mask
   */
  public static AttentionMask causal(int offset) {
    return of(new SlidingWindow(SlidingWindow.UNLIMITED, 0, 0, offset, false));
  }

  /**
   * Query {@code i} may attend to keys {@code j <= i}: the first query stands at the first key.
   *
   * @return the mask
   */
  public static AttentionMask causalTopLeft() {
    return causal(0);
  }

  /**
   * Query {@code i} may attend to keys {@code j <= i + keyLength - queryLength}: the last query
   * stands at the last key. In a packed sequence the lengths are those of the document.
   *
   * @return the mask
   */
  public static AttentionMask causalBottomRight() {
    return of(new SlidingWindow(SlidingWindow.UNLIMITED, 0, 0, 0, true));
  }

  /**
   * Cached decoding: {@code cachedKeys} keys come before the first query, so that query {@code i}
   * may attend to keys {@code j <= i + cachedKeys}.
   *
   * @param cachedKeys at least 0
   * @return the mask
   * @throws IllegalArgumentException if it is negative
   */
  public static AttentionMask causalAfter(int cachedKeys) {
    return causal(Checks.notNegative("cachedKeys", cachedKeys));
  }

  /**
   * A sliding window: query {@code i} may attend to keys {@code i - keysBefore <= j <= i +
   * keysAfter}, so that {@code window(0, 0)} is itself alone. For queries that stand elsewhere see
   * {@link #queriesFrom} and {@link #bottomRight}.
   *
   * @param keysBefore at least 0; {@code Integer.MAX_VALUE} is no limit
   * @param keysAfter at least 0; {@code Integer.MAX_VALUE} is no limit
   * @return the mask
   * @throws IllegalArgumentException if one is negative
   */
  public static AttentionMask window(int keysBefore, int keysAfter) {
    return window(keysBefore, keysAfter, 0);
  }

  /**
   * A sliding window beside which the first keys stay visible, as attention sinks do.
   *
   * <p>A sink is seen from outside the window on either side; but if {@code keysAfter} is 0 the
   * window is causal, and no query sees a sink that comes after it. Nor does one if the mask is
   * combined with a causal one.
   *
   * @param keysBefore at least 0; {@code Integer.MAX_VALUE} is no limit
   * @param keysAfter at least 0; {@code Integer.MAX_VALUE} is no limit
   * @param sinks how many keys from position 0 on stay visible, at least 0; of each document in a
   *     packed sequence
   * @return the mask
   * @throws IllegalArgumentException if one is negative
   */
  public static AttentionMask window(int keysBefore, int keysAfter, int sinks) {
    return of(
        new SlidingWindow(
            Checks.notNegative("keysBefore", keysBefore),
            Checks.notNegative("keysAfter", keysAfter),
            Checks.notNegative("sinks", sinks),
            0,
            false));
  }

  /**
   * Key padding: in member {@code b} of the batch only the first {@code keyLengths[b]} keys are
   * there. The result is, bit for bit, that of the shorter arrays, unless the mask is {@link
   * #bottomRight} too: the last query then stands at the last key of the array, padding included.
   * {@link #queriesFrom} puts it elsewhere, {@link #perMember} for each member.
   *
   * @param keyLengths one for each member, each at least 0
   * @return the mask
   * @throws IllegalArgumentException if one is negative
   */
  public static AttentionMask validLengths(int... keyLengths) {
    for (int length : keyLengths) {
      Checks.notNegative("valid length", length);
    }
    return of(new ValidLengths(keyLengths.clone()));
  }

  /**
   * A query may attend to a key where the array is true.
   *
   * @param mayAttend row-major; not copied
   * @param shape rank 1 to 4, aligned at the right to {@code [batch, heads, queryLength,
   *     keyLength]}; a size of 1 holds for all
   * @return the mask
   * @throws IllegalArgumentException if the rank or the array's length is another
   */
  public static AttentionMask matrix(boolean[] mayAttend, int... shape) {
    return of(new BooleanMask(mayAttend, new BroadcastShape("mask", mayAttend.length, shape)));
  }

  /**
   * A bias that is added to the scaled (and capped) scores. Minus infinity hides a key just as a
   * boolean mask does; NaN and plus infinity go into the softmax as IEEE 754 says and make NaN of
   * the row. Several biases are added to the score one after the other, in the order in which the
   * masks were combined.
   *
   * @param bias row-major; not copied
   * @param shape rank 1 to 4, aligned at the right to {@code [batch, heads, queryLength,
   *     keyLength]}; a size of 1 holds for all
   * @return the mask
   * @throws IllegalArgumentException if the rank or the array's length is another
   */
  public static AttentionMask bias(float[] bias, int... shape) {
    return of(new ScoreBias(bias, new BroadcastShape("bias", bias.length, shape)));
  }

  /**
   * Several documents packed into one sequence: a query may attend to the keys of its own document
   * alone. Positions count from the document's beginning, for causality, windows, sinks and
   * dropout, so that the result is, bit for bit, that of the documents apart.
   *
   * @param offsets cumulative lengths, from 0 to the sequence's length; the same for queries and
   *     keys, and for each member of a batch
   * @return the mask
   * @throws IllegalArgumentException if they do not begin with 0, or fall
   */
  public static AttentionMask packed(int... offsets) {
    return packed(offsets, offsets);
  }

  /**
   * The same for queries and keys of different lengths.
   *
   * @param queryOffsets cumulative lengths of the documents' queries, from 0 on
   * @param keyOffsets cumulative lengths of their keys, from 0 on; as many
   * @return the mask
   * @throws IllegalArgumentException if they do not begin with 0, fall, or are not as many
   */
  public static AttentionMask packed(int[] queryOffsets, int[] keyOffsets) {
    PackedSequences packed = new PackedSequences(queryOffsets.clone(), keyOffsets.clone());
    return new AttentionMask(BatchMask.of(packed));
  }

  /**
   * The same as {@link #packed(int...)} from the document ID of each position.
   *
   * @param documentIds one for each position; equal ones stand together
   * @return the mask
   * @throws IllegalArgumentException if a document begins again after it ended
   */
  public static AttentionMask documents(int... documentIds) {
    return packed(PackedSequences.offsets(documentIds));
  }

  /**
   * A mask of its own for each member of the batch. Arrays in it keep the shape of the whole batch.
   *
   * @param masks one for each member; none of them made by this method
   * @return the mask
   * @throws IllegalArgumentException if one was made by this method
   */
  public static AttentionMask perMember(AttentionMask... masks) {
    BatchMask[] members = new BatchMask[masks.length];
    for (int b = 0; b < masks.length; b++) {
      members[b] = masks[b].mask;
    }
    return new AttentionMask(BatchMask.perMember(members));
  }

  /**
   * This mask with its causal and sliding parts moved: query 0 stands at the given key position.
   *
   * @param position the key position of query 0; may be negative
   * @return the mask
   */
  public AttentionMask queriesFrom(int position) {
    return new AttentionMask(mask.withWindowsMoved(position, false));
  }

  /**
   * This mask with its causal and sliding parts moved: the last query stands at the last key, of
   * its document in a packed sequence.
   *
   * @return the mask
   */
  public AttentionMask bottomRight() {
    return new AttentionMask(mask.withWindowsMoved(0, true));
  }

  /**
   * Both masks at once: a query may attend only to what both let it see, and biases add up.
   *
   * @param other the other mask
   * @return the mask
   * @throws IllegalArgumentException if both are packed into other documents, or have masks for
   *     another number of members
   */
  public AttentionMask and(AttentionMask other) {
    return new AttentionMask(mask.and(other.mask));
  }

  /**
   * Whether query {@code i} may attend to key {@code j}, in the first member and head; bottom-right
   * parts are taken for as many queries as keys.
   *
   * @param i query, from 0
   * @param j key, from 0
   * @return true if it may
   */
  public boolean mayAttend(int i, int j) {
    return mask.mayAttend(i, j);
  }

  /** What a call reads of this. */
  BatchMask resolved() {
    return mask;
  }
}
