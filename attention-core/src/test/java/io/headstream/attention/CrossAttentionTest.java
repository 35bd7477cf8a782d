package io.headstream.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.attention.weights.AttentionParameters;
import io.headstream.attention.weights.WeightsLayout;
import io.headstream.safetensors.TensorType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Multi-head attention whose keys and values come from elsewhere than its queries. */
class CrossAttentionTest {
  private static final int MODEL = 12;
  private static final int KEY_INPUT = 7;
  private static final int VALUE_INPUT = 9;
  private static final int QUERIES = 11;
  private static final int KEYS = 140;

  private final SplittableRandom random = new SplittableRandom(31);
  private final float[] wq = Reference.uniform(random, MODEL * MODEL, 0.4);
  private final float[] wk = Reference.uniform(random, 6 * KEY_INPUT, 0.4);
  private final float[] wv = Reference.uniform(random, 6 * VALUE_INPUT, 0.4);
  private final float[] wo = Reference.uniform(random, MODEL * MODEL, 0.4);
  private final float[] bk = Reference.uniform(random, 6, 0.4);
  private final AttentionParameters weights =
      AttentionParameters.ofCross(
          MODEL, 4, 2, KEY_INPUT, VALUE_INPUT, wq, wk, wv, wo, null, bk, null, null);
  private final MultiHeadAttention layer = new MultiHeadAttention(weights);
  private final float[] query = Reference.uniform(random, 2 * QUERIES * MODEL, 1);
  private final float[] key = Reference.uniform(random, 2 * KEYS * KEY_INPUT, 1);
  private final float[] value = Reference.uniform(random, 2 * KEYS * VALUE_INPUT, 1);

  @Test
  void isTheProjectionsAndTheHeadsOneAfterTheOther() {
    float[] q = heads(query, 2 * QUERIES, MODEL, wq, null, MODEL, QUERIES, 4);
    float[] k = heads(key, 2 * KEYS, KEY_INPUT, wk, bk, 6, KEYS, 2);
    float[] v = heads(value, 2 * KEYS, VALUE_INPUT, wv, null, 6, KEYS, 2);
    AttentionOptions options =
        AttentionOptions.defaults().withMask(AttentionMask.causalBottomRight());
    float[] heads =
        new ScaledDotProductAttention(4, 2, 3).attend(2, QUERIES, KEYS, q, k, v, options);
    float[] concatenated = new float[2 * QUERIES * MODEL];
    for (int n = 0; n < concatenated.length; n++) {
      int h = n % MODEL / 3;
      int i = n / MODEL % QUERIES;
      concatenated[n] = heads[((n / MODEL / QUERIES * 4 + h) * QUERIES + i) * 3 + n % 3];
    }
    float[] out = new float[concatenated.length];
    layer.attend(2, QUERIES, KEYS, query, 0, key, 0, value, 0, out, 0, options);
    for (int n = 0; n < out.length; n++) {
      double expected = 0;
      for (int c = 0; c < MODEL; c++) {
        expected += (double) concatenated[n / MODEL * MODEL + c] * wo[n % MODEL * MODEL + c];
      }
      assertThat((double) out[n]).as("element %d", n).isBetween(expected - 1e-5, expected + 1e-5);
    }
  }

  /** {@code [rows, inputs]} projected, as {@code [batch, heads, length, headDim]}. */
  private static float[] heads(
      float[] x,
      int rows,
      int inputs,
      float[] w,
      float[] bias,
      int outputs,
      int length,
      int heads) {
    float[] projected = new float[rows * outputs];
    int dim = outputs / heads;
    for (int n = 0; n < projected.length; n++) {
      int r = n / outputs;
      int o = n % outputs;
      double y = bias == null ? 0 : bias[o];
      for (int c = 0; c < inputs; c++) {
        y += (double) x[r * inputs + c] * w[o * inputs + c];
      }
      int to = ((r / length * heads + o / dim) * length + r % length) * dim + o % dim;
      projected[to] = (float) y;
    }
    return projected;
  }

  @Test
  void overOneInputItIsSelfAttention() {
    MultiHeadAttention self =
        new MultiHeadAttention(AttentionParameters.xavierUniform(12, 4, 2, 5));
    AttentionOptions options = AttentionOptions.defaults().withMask(AttentionMask.causal());
    float[] out = new float[query.length];
    self.attend(2, QUERIES, QUERIES, query, 0, query, 0, query, 0, out, 0, options);
    Bits.assertSame(out, self.attend(2, QUERIES, query, options), "one input");
  }

  @Test
  void aKeyThatNobodySeesChangesNothing() {
    AttentionOptions options =
        AttentionOptions.defaults().withMask(AttentionMask.validLengths(130, KEYS));
    float[] clean = new float[query.length];
    layer.attend(2, QUERIES, KEYS, query, 0, key, 0, value, 0, clean, 0, options);
    Arrays.fill(key, 130 * KEY_INPUT, KEYS * KEY_INPUT, Float.NaN);
    Arrays.fill(value, 130 * VALUE_INPUT, KEYS * VALUE_INPUT, Float.POSITIVE_INFINITY);
    float[] poisoned = new float[query.length];
    layer.attend(2, QUERIES, KEYS, query, 0, key, 0, value, 0, poisoned, 0, options);
    Bits.assertSame(poisoned, clean, "padding");
  }

  @Test
  void weightsOfAllHeadsAndOfAGroupAreTheSame() {
    MultiHeadAttention self =
        new MultiHeadAttention(AttentionParameters.xavierUniform(12, 4, 2, 5));
    int size = QUERIES * QUERIES;
    float[] all = new float[4 * size];
    float[] group = new float[2 * size];
    AttentionOptions options = AttentionOptions.defaults().withMask(AttentionMask.causal());
    AttentionResults ofAll = new AttentionResults().weights(all, 0);
    self.attend(1, QUERIES, query, 0, new float[query.length], 0, options.withResults(ofAll));
    AttentionResults ofGroup = new AttentionResults().weights(group, 0);
    HeadGroup heads = self.headGroup(1, 2);
    float[] columns = new float[QUERIES * heads.columns()];
    heads.attend(QUERIES, query, 0, columns, 0, options.withResults(ofGroup));
    Bits.assertSame(group, Arrays.copyOfRange(all, 2 * size, 4 * size), "second half of heads");
  }

  @Test
  void errorsNameWhatWasWrong(@TempDir Path folder) {
    AttentionOptions plain = AttentionOptions.defaults();
    assertThatThrownBy(() -> layer.attend(1, 3, query, plain))
        .hasMessage(
            "keys are made of 7 numbers and values of 9, model-dim is 12: no self-attention");
    assertThatThrownBy(
            () -> layer.attend(2, 11, 141, query, 0, key, 0, value, 0, new float[264], 0, plain))
        .hasMessage("key has 1960 floats, [2, 141, 7] from offset 0 on needs 1974");
    assertThatThrownBy(
            () -> weights.write(folder.resolve("w"), "", TensorType.F32, WeightsLayout.SEPARATE))
        .hasMessageContaining("keys are made of 7 numbers and values of 9");
  }
}
