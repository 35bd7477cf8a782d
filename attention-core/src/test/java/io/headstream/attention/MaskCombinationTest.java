package io.headstream.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.attention.internal.mask.PackedSequences;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each mask lets a query see, and that forms of the same mask give the same bits. */
class MaskCombinationTest {
  private static final AttentionOptions PLAIN = AttentionOptions.defaults();
  private static final int BATCH = 2;
  private static final int HEADS = 4;
  private static final int QUERIES = 150;
  private static final int KEYS = 290;
  private static final int DIM = 5;

  /** Who sees whom, written as the Javadoc says it. */
  @FunctionalInterface
  interface Sees {
    boolean at(int b, int h, int i, int j);
  }

  static Stream<Arguments> masks() {
    return Stream.of(
        mask("causal", AttentionMask.causal(), (b, h, i, j) -> j <= i),
        mask("top left", AttentionMask.causalTopLeft(), (b, h, i, j) -> j <= i),
        mask("offset", AttentionMask.causal(-7), (b, h, i, j) -> j <= i - 7),
        mask("bottom right", AttentionMask.causalBottomRight(), (b, h, i, j) -> j <= i + 140),
        mask("cached", AttentionMask.causalAfter(100), (b, h, i, j) -> j <= i + 100),
        mask(
            "moved",
            AttentionMask.causal().and(AttentionMask.window(9, 4)).queriesFrom(30),
            (b, h, i, j) -> j <= i + 30 && j >= i + 30 - 9),
        mask("window", AttentionMask.window(3, 2), (b, h, i, j) -> j >= i - 3 && j <= i + 2),
        mask("itself", AttentionMask.window(0, 0), (b, h, i, j) -> j == i),
        mask(
            "no limit after",
            AttentionMask.window(3, Integer.MAX_VALUE),
            (b, h, i, j) -> j >= i - 3),
        mask(
            "bottom right window",
            AttentionMask.window(100, 20).bottomRight(),
            (b, h, i, j) -> j >= i + 40 && j <= i + 160),
        mask(
            "sinks of a causal window",
            AttentionMask.window(10, 0, 20),
            (b, h, i, j) -> j <= i && (j >= i - 10 || j < 20)),
        mask(
            "sinks on both sides",
            AttentionMask.window(10, 1, 20),
            (b, h, i, j) -> j >= i - 10 && j <= i + 1 || j < 20),
        mask(
            "sinks under a causal mask",
            AttentionMask.window(10, 1, 20).and(AttentionMask.causal()),
            (b, h, i, j) -> j <= i && (j >= i - 10 || j < 20)),
        mask("padding", AttentionMask.validLengths(130, 0), (b, h, i, j) -> j < (b == 0 ? 130 : 0)),
        mask(
            "each member its own",
            AttentionMask.perMember(AttentionMask.causal(5), AttentionMask.window(1, 1))
                .and(AttentionMask.validLengths(290, 100)),
            (b, h, i, j) -> b == 0 ? j <= i + 5 : Math.abs(i - j) <= 1 && j < 100),
        mask(
            "packed",
            AttentionMask.packed(new int[] {0, 20, 20, 150}, new int[] {0, 140, 200, 290}),
            (b, h, i, j) -> i < 20 ? j < 140 : j >= 200),
        mask(
            "packed, bottom right",
            AttentionMask.packed(new int[] {0, 20, 150}, new int[] {0, 30, 290})
                .and(AttentionMask.causalBottomRight()),
            (b, h, i, j) -> i < 20 ? j <= i + 10 : j >= 30 && j - 30 <= i - 20 + 130),
        matrix("rank 1", KEYS),
        matrix("rank 2", QUERIES, KEYS),
        matrix("one query for all", 1, KEYS),
        matrix("rank 3", HEADS, QUERIES, KEYS),
        matrix("rank 4", BATCH, HEADS, QUERIES, KEYS),
        matrix("each member", BATCH, 1, 1, KEYS),
        matrix("each head", 1, HEADS, QUERIES, 1));
  }

  private static Arguments mask(String name, AttentionMask mask, Sees sees) {
    return Arguments.of(name, mask, sees);
  }

  private static Arguments matrix(String name, int... shape) {
    boolean[] array = random(shape, 17);
    return mask(name, AttentionMask.matrix(array, shape), sees(array, shape));
  }

  private static boolean[] random(int[] shape, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    boolean[] array = new boolean[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (int n = 0; n < array.length; n++) {
      array[n] = random.nextBoolean();
    }
    return array;
  }

  private static Sees sees(boolean[] array, int... shape) {
    return (b, h, i, j) -> {
      int[] at = {b, h, i, j};
      int index = 0;
      for (int d = 0; d < shape.length; d++) {
        index = index * shape[d] + (shape[d] == 1 ? 0 : at[4 - shape.length + d]);
      }
      return array[index];
    };
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("masks")
  void givesTheBitsOfTheFullMatrix(String name, AttentionMask mask, Sees sees) {
    boolean[] full = full(sees);
    AttentionMask matrix = AttentionMask.matrix(full, BATCH, HEADS, QUERIES, KEYS);
    Inputs in = new Inputs(3);
    if (mask.resolved().ofMember(0).packed() == null) {
      Bits.assertSame(in.attend(mask), in.attend(matrix), name);
    } else {
      // Tiles of a document begin where it begins, so only the values are the same.
      assertClose(in.attend(mask), in.attend(matrix), name);
    }
    if (!name.contains("bottom right")) { // which takes as many queries as keys here
      for (int i = 0; i < QUERIES; i += 7) {
        for (int j = 0; j < KEYS; j += 3) {
          assertThat(mask.mayAttend(i, j))
              .as("%s [%d, %d]", name, i, j)
              .isEqualTo(full[i * KEYS + j]);
        }
      }
    }
  }

  private static void assertClose(float[] actual, float[] expected, String name) {
    for (int n = 0; n < actual.length; n++) {
      assertThat(Math.abs(actual[n] - expected[n])).as("%s %d", name, n).isLessThan(4e-6f);
    }
  }

  /** Poisoned wherever nobody of a member's group may look. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("masks")
  void whatNobodyMaySeeChangesNothing(String name, AttentionMask mask, Sees sees) {
    Inputs clean = new Inputs(4);
    Inputs poisoned = new Inputs(4);
    int hidden = 0;
    for (int row = 0; row < BATCH * 2 * KEYS; row++) {
      int b = row / (2 * KEYS);
      int keyValueHead = row / KEYS % 2;
      boolean seen = false;
      for (int i = 0; i < QUERIES; i++) {
        seen |= sees.at(b, 2 * keyValueHead, i, row % KEYS);
        seen |= sees.at(b, 2 * keyValueHead + 1, i, row % KEYS);
      }
      if (!seen) {
        hidden++;
        Arrays.fill(poisoned.k, row * DIM, (row + 1) * DIM, row % 2 == 0 ? Float.NaN : 1e38f);
        float poison = row % 3 == 0 ? Float.NaN : Float.POSITIVE_INFINITY;
        Arrays.fill(poisoned.v, row * DIM, (row + 1) * DIM, poison);
      }
    }
    Bits.assertSame(poisoned.attend(mask), clean.attend(mask), "%s, %d hidden", name, hidden);
  }

  private static boolean[] full(Sees sees) {
    boolean[] full = new boolean[BATCH * HEADS * QUERIES * KEYS];
    for (int n = 0; n < full.length; n++) {
      int h = n / KEYS / QUERIES % HEADS;
      full[n] = sees.at(n / KEYS / QUERIES / HEADS, h, n / KEYS % QUERIES, n % KEYS);
    }
    return full;
  }

  /** Two members, four query heads on two key/value heads. */
  private static final class Inputs {
    private final float[] q;
    private final float[] k;
    private final float[] v;

    Inputs(long seed) {
      SplittableRandom random = new SplittableRandom(seed);
      q = Reference.uniform(random, BATCH * HEADS * QUERIES * DIM, 2);
      k = Reference.uniform(random, BATCH * 2 * KEYS * DIM, 2);
      v = Reference.uniform(random, BATCH * 2 * KEYS * DIM, 1);
    }

    float[] attend(AttentionMask mask) {
      return new ScaledDotProductAttention(HEADS, 2, DIM)
          .attend(BATCH, QUERIES, KEYS, q, k, v, PLAIN.withMask(mask));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aBooleanMaskIsItsBiasOfZeroAndMinusInfinity(long seed) {
    int[] shape = {BATCH, 1, QUERIES, KEYS};
    boolean[] array = random(shape, seed);
    float[] bias = new float[array.length];
    for (int n = 0; n < bias.length; n++) {
      bias[n] = array[n] ? 0f : Float.NEGATIVE_INFINITY;
    }
    Inputs in = new Inputs(seed);
    Arrays.fill(in.v, 7 * DIM, 9 * DIM, Float.NaN);
    Arrays.fill(in.k, 50 * DIM, 51 * DIM, Float.NEGATIVE_INFINITY);
    Bits.assertSame(
        in.attend(AttentionMask.bias(bias, shape)),
        in.attend(AttentionMask.matrix(array, shape)),
        "seed %d",
        seed);
  }

  @Test
  void biasesAddUpAndWhatOneHidesTheOtherCannotShow() {
    SplittableRandom random = new SplittableRandom(8);
    float[] perKey = Reference.uniform(random, KEYS, 3);
    float[] perHead = Reference.uniform(random, HEADS, 3);
    perKey[11] = Float.NEGATIVE_INFINITY;
    float[] showing = new float[KEYS];
    showing[11] = Float.POSITIVE_INFINITY;
    Inputs in = new Inputs(9);
    AttentionMask keys = AttentionMask.bias(perKey, KEYS);
    float[] alone = in.attend(keys);
    Bits.assertSame(in.attend(keys.and(AttentionMask.bias(showing, KEYS))), alone, "hidden twice");
    // The same number on all scores of a row changes its weights by rounding alone.
    assertClose(in.attend(keys.and(AttentionMask.bias(perHead, HEADS, 1, 1))), alone, "constant");
    float[] doubled = new float[KEYS];
    for (int j = 0; j < KEYS; j++) {
      doubled[j] = 2 * perKey[j];
    }
    assertClose(in.attend(keys.and(keys)), in.attend(AttentionMask.bias(doubled, KEYS)), "twice");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 64, 127, 128, 129, 290})
  void paddingAtTheEndIsTruncation(int length) {
    SplittableRandom random = new SplittableRandom(length);
    float[] q = Reference.uniform(random, QUERIES * DIM, 2);
    float[] k = Reference.uniform(random, KEYS * DIM, 2);
    float[] v = Reference.uniform(random, KEYS * DIM, 1);
    Arrays.fill(k, length * DIM, KEYS * DIM, Float.NaN);
    Arrays.fill(v, length * DIM, KEYS * DIM, Float.POSITIVE_INFINITY);
    ScaledDotProductAttention attention = new ScaledDotProductAttention(1, 1, DIM);
    Bits.assertSame(
        attention.attend(
            1, QUERIES, KEYS, q, k, v, PLAIN.withMask(AttentionMask.validLengths(length))),
        attention.attend(1, QUERIES, length, q, k, v, PLAIN),
        "%d of %d keys",
        length,
        KEYS);
  }

  @Test
  void aWindowAsLongAsTheSequenceIsCausal() {
    Inputs in = new Inputs(6);
    float[] causal = in.attend(AttentionMask.causal());
    Bits.assertSame(in.attend(AttentionMask.window(QUERIES - 1, 0)), causal, "keysBefore");
    Bits.assertSame(in.attend(AttentionMask.window(0, 0, QUERIES)), causal, "sinks alone");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void packedIsApart(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] offsets = new int[5];
    for (int d = 1; d < offsets.length; d++) {
      offsets[d] = offsets[d - 1] + random.nextInt(1, 300);
    }
    int length = offsets[4];
    int[] ids = new int[length];
    for (int i = 0; i < length; i++) {
      ids[i] = 100 - PackedSequences.at(offsets, i);
    }
    float[] x = Reference.uniform(random, 2 * length * DIM, 2); // two heads
    ScaledDotProductAttention attention = new ScaledDotProductAttention(2, 2, DIM);
    AttentionMask mask = AttentionMask.causal().and(AttentionMask.window(200, 0, 3));
    AttentionOptions options = PLAIN.withDropout(Dropout.of(0.2, 5, 10, 11, 12, 13));
    AttentionOptions packed = options.withMask(AttentionMask.packed(offsets).and(mask));
    float[] together = attention.attend(1, length, length, x, x, x, packed);
    Bits.assertSame(
        attention.attend(
            1, length, length, x, x, x, options.withMask(mask.and(AttentionMask.documents(ids)))),
        together,
        "by document IDs, seed %d",
        seed);
    for (int d = 0; d < 4; d++) {
      int size = offsets[d + 1] - offsets[d];
      AttentionOptions alone = PLAIN.withMask(mask).withDropout(Dropout.of(0.2, 5, 10 + d));
      float[] document = rows(x, length, offsets[d], size);
      Bits.assertSame(
          rows(together, length, offsets[d], size),
          attention.attend(1, size, size, document, document, document, alone),
          "document %d of %s, seed %d",
          d,
          Arrays.toString(offsets),
          seed);
    }
  }

  /** Some rows of both heads. */
  private static float[] rows(float[] x, int length, int first, int count) {
    float[] rows = new float[2 * count * DIM];
    for (int h = 0; h < 2; h++) {
      int from = (h * length + first) * DIM;
      System.arraycopy(x, from, rows, h * count * DIM, count * DIM);
    }
    return rows;
  }

  @Test
  void errorsNameBothShapes() {
    Inputs in = new Inputs(1);
    assertThatThrownBy(() -> in.attend(AttentionMask.matrix(new boolean[8], 2, 1, 1, 4)))
        .hasMessage("mask is [2, 1, 1, 4], batch, heads, queries and keys are [2, 4, 150, 290]");
    assertThatThrownBy(() -> in.attend(AttentionMask.bias(new float[4], 4)))
        .hasMessage("bias is [4], queries and keys are [150, 290]");
    assertThatThrownBy(() -> AttentionMask.bias(new float[4], 1, 2, 3))
        .hasMessage("bias has 4 entries, [heads 1, queryLength 2, keyLength 3] needs 6");
    assertThatThrownBy(() -> AttentionMask.matrix(new boolean[1], 1, 1, 1, 1, 1))
        .hasMessage("mask has rank 5, must be 1 to 4");
    assertThatThrownBy(() -> in.attend(AttentionMask.validLengths(1, 2, 3)))
        .hasMessage("mask has 3 valid lengths, batch is 2");
    assertThatThrownBy(() -> in.attend(AttentionMask.validLengths(1, 291)))
        .hasMessage("valid length of member 1 is 291, keyLength is 290");
    assertThatThrownBy(() -> in.attend(AttentionMask.perMember(AttentionMask.causal())))
        .hasMessage("mask is for 1 members, batch is 2");
    assertThatThrownBy(() -> in.attend(AttentionMask.packed(0, 150)))
        .hasMessage("documents end at query 150 and key 150, queries and keys are [150, 290]");
    assertThatThrownBy(() -> AttentionMask.packed(0, 5, 4))
        .hasMessage("query offset 2 of documents is 4, after 5");
    assertThatThrownBy(() -> AttentionMask.packed(1, 5))
        .hasMessage("query offsets of documents are [1, 5], must begin with 0");
    assertThatThrownBy(() -> AttentionMask.documents(4, 4, 5, 4))
        .hasMessage("document 4 begins again at position 3 after it ended");
    assertThatThrownBy(() -> AttentionMask.packed(0, 1).and(AttentionMask.packed(0, 2)))
        .hasMessage("both masks are packed, and into other documents");
    assertThatThrownBy(() -> AttentionMask.window(-1, 0))
        .hasMessage("keysBefore is -1, must not be negative");
  }
}
