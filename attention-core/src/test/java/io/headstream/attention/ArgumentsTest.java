package io.headstream.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.attention.internal.Checks;
import io.headstream.attention.weights.AttentionParameters;
import org.junit.jupiter.api.Test;

/** Every argument of every entrance is looked at before anything is computed. */
class ArgumentsTest {
  private static final AttentionOptions PLAIN = AttentionOptions.defaults();

  @Test
  void ofScaledDotProductAttention() {
    assertThatThrownBy(() -> new ScaledDotProductAttention(0, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("heads is 0");
    assertThatThrownBy(() -> new ScaledDotProductAttention(1, 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("keyValueHeads is 0");
    assertThatThrownBy(() -> new ScaledDotProductAttention(1, 1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("headDim is 0");
    ScaledDotProductAttention attention = new ScaledDotProductAttention(2, 1, 4);
    float[] queries = new float[3 * 2 * 4];
    float[] keys = new float[5 * 4];
    for (int wrong = 0; wrong < 4; wrong++) {
      float[] q = new float[queries.length - (wrong == 0 ? 1 : 0)];
      float[] k = new float[keys.length - (wrong == 1 ? 1 : 0)];
      float[] v = new float[keys.length - (wrong == 2 ? 1 : 0)];
      float[] out = new float[queries.length - (wrong == 3 ? 1 : 0)];
      assertThatThrownBy(() -> attention.attend(1, 3, 5, q, 0, k, 0, v, 0, out, 0, PLAIN))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(new String[] {"q", "k", "v", "out"}[wrong] + " has ");
    }
  }

  @Test
  void ofMultiHeadAttentionAndItsParts() {
    MultiHeadAttention layer =
        new MultiHeadAttention(AttentionParameters.xavierUniform(8, 4, 2, 1));
    assertThat(layer.modelDim()).isEqualTo(8);
    assertThat(layer.heads()).isEqualTo(4);
    assertThat(layer.keyValueHeads()).isEqualTo(2);
    assertThat(layer.headDim()).isEqualTo(2);
    float[] right = new float[3 * 8];
    float[] less = new float[3 * 8 - 1];
    refuses(() -> layer.attend(1, 3, less, 0, right, 0, PLAIN), "x has 23 floats");
    refuses(() -> layer.attend(1, 3, right, 0, less, 0, PLAIN), "out has 23 floats");
    refuses(() -> layer.projectOutput(3, less, 0, right, 0, PLAIN), "concatenated has 23 floats");
    refuses(() -> layer.projectOutput(3, right, 0, less, 0, PLAIN), "out has 23 floats");
    refuses(() -> layer.headGroup(0, 0), "groups is 0");
    assertThatThrownBy(() -> layer.headGroup(2, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    HeadGroup group = layer.headGroup(1, 2);
    float[] columns = new float[3 * group.columns()];
    refuses(() -> group.attend(3, less, 0, columns, 0, PLAIN), "x has 23 floats");
    refuses(() -> group.attend(3, right, 0, columns, 1, PLAIN), "out has 12 floats");
    AttentionOptions mask = PLAIN.withMask(AttentionMask.matrix(new boolean[16], 4, 4));
    refuses(() -> layer.attend(1, 3, right, 0, right.clone(), 0, mask), "4");
    refuses(() -> group.attend(3, right, 0, columns, 0, mask), "4");
    AttentionOptions dropout = PLAIN.withDropout(Dropout.of(0.5, 1, 2, 3));
    refuses(() -> layer.attend(1, 3, right, 0, right.clone(), 0, dropout), "2 sequences");
    refuses(() -> group.attend(3, right, 0, columns, 0, dropout), "2 sequences");
  }

  @Test
  void ofWeights() {
    float[] square = new float[16];
    refuses(
        () ->
            AttentionParameters.of(4, 3, 3, square, square, square, square, null, null, null, null),
        "heads is 3, expected a divisor of model-dim 4");
  }

  @Test
  void ofSizesThatMayDiffer() {
    refuses(() -> new ScaledDotProductAttention(1, 1, 2, 0), "valueDim is 0");
    refuses(() -> cross(0, 2), "keyInputDim is 0");
    refuses(() -> cross(2, 0), "valueInputDim is 0");
  }

  private static void cross(int keyInputDim, int valueInputDim) {
    float[] none = new float[0];
    float[] square = new float[16];
    float[] input = new float[8];
    AttentionParameters.ofCross(
        4,
        2,
        2,
        keyInputDim,
        valueInputDim,
        square,
        keyInputDim == 0 ? none : input,
        valueInputDim == 0 ? none : input,
        square,
        null,
        null,
        null,
        null);
  }

  @Test
  void ofDocuments() {
    int[] rising = {0, 2, 4};
    int[] falling = {0, 3, 2};
    assertThatCode(() -> AttentionMask.packed(rising, new int[] {0, 0, 9}))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> AttentionMask.packed(falling, rising))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("query");
    assertThatThrownBy(() -> AttentionMask.packed(rising, falling))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("key");
  }

  @Test
  void aSizeMayBeTheLargestOfAnArray() {
    assertThat(Checks.size("x", 1, Integer.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE);
    refuses(() -> Checks.size("x", 1 << 16, 1 << 15), "more than an array can hold");
  }

  private static void refuses(Runnable call, String text) {
    assertThatThrownBy(call::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(text);
  }
}
