package io.headstream.transformer.reference;

import static io.headstream.transformer.reference.Float64.activation;
import static io.headstream.transformer.reference.Float64.add;
import static io.headstream.transformer.reference.Float64.columns;
import static io.headstream.transformer.reference.Float64.map;
import static io.headstream.transformer.reference.Float64.transposed;

import java.util.Set;

/** GPT-2: random checkpoints, and what they are to answer. */
public final class Gpt2Reference {
  private static final int D = 48;
  private static final int HEADS = 3;
  private static final int F = 192;
  private static final int VOCABULARY = 50;
  private static final int POSITIONS = 300;

  private Gpt2Reference() {}

  /** A checkpoint of random weights, tied, with what old files have besides. */
  public static Checkpoint checkpoint(String prefix, double embeddings, long seed) {
    Checkpoint c =
        new Checkpoint(seed)
            .word("model_type", "gpt2")
            .config("architectures", "[\"GPT2LMHeadModel\"]")
            .config("n_embd", D)
            .config("n_layer", 2)
            .config("n_head", HEADS)
            .config("n_inner", "null")
            .config("n_positions", POSITIONS)
            .word("activation_function", "gelu_new")
            .config("layer_norm_epsilon", "1e-05")
            .config("vocab_size", VOCABULARY);
    c.tensor(prefix + "wte.weight", 0, embeddings, VOCABULARY, D)
        .tensor(prefix + "wpe.weight", 0, embeddings, POSITIONS, D);
    for (int i = 0; i < 2; i++) {
      String layer = prefix + "h." + i + ".";
      c.norm(layer + "ln_1", D, true);
      convolution(c, layer + "attn.c_attn", D, 3 * D);
      convolution(c, layer + "attn.c_proj", D, D);
      c.norm(layer + "ln_2", D, true);
      convolution(c, layer + "mlp.c_fc", D, F);
      convolution(c, layer + "mlp.c_proj", F, D);
      c.tensor(layer + "attn.bias", 1, 0, 1, 1, 4, 4);
      c.tensor(layer + "attn.masked_bias", -1e4, 0);
    }
    return c.norm(prefix + "ln_f", D, true);
  }

  private static void convolution(Checkpoint c, String name, int in, int out) {
    c.tensor(name + ".weight", 0, 1.7 / Math.sqrt(in), in, out).tensor(name + ".bias", 0, 0.3, out);
  }

  /** The hidden states of a sequence. */
  public static double[][] hidden(Checkpoint c, String prefix, int[] ids, Set<Trap> traps) {
    float[] words = c.get(prefix + "wte.weight");
    float[] places = c.get(prefix + "wpe.weight");
    double eps = traps.contains(Trap.OTHER_EPSILON) ? 1e-6 : 1e-5;
    String act = traps.contains(Trap.TANH_GELU) ? "gelu" : "gelu_new";
    boolean byLayer = c.json().contains("\"scale_attn_by_inverse_layer_idx\": true");
    double[][] x = new double[ids.length][D];
    for (int p = 0; p < ids.length; p++) {
      for (int i = 0; i < D; i++) {
        x[p][i] = (double) words[ids[p] * D + i] + places[p * D + i];
      }
    }
    for (int i = 0; i < 2; i++) {
      String layer = prefix + "h." + i + ".";
      double[][] qkv =
          convolve(c, layer + "attn.c_attn", D, norm(c, layer + "ln_1", x, eps), false);
      double scale = 1 / Math.sqrt(D / HEADS) / (byLayer ? i + 1 : 1);
      double[][] y =
          Float64.attention(
              columns(qkv, 0, D),
              columns(qkv, D, 2 * D),
              columns(qkv, 2 * D, 3 * D),
              HEADS,
              D / HEADS,
              h -> h,
              scale,
              (query, key) -> key <= query);
      boolean straight = traps.contains(Trap.NOT_TRANSPOSED);
      x = add(x, convolve(c, layer + "attn.c_proj", D, y, straight));
      double[][] up = convolve(c, layer + "mlp.c_fc", D, norm(c, layer + "ln_2", x, eps), false);
      double[][] inner = map(up, value -> activation(act, value));
      x = add(x, convolve(c, layer + "mlp.c_proj", F, inner, false));
    }
    return norm(c, prefix + "ln_f", x, eps);
  }

  /** Scores of the vocabulary after each token. */
  public static double[][] logits(Checkpoint c, String prefix, double[][] hidden) {
    return Float64.linear(hidden, c.get(prefix + "wte.weight"), null);
  }

  private static double[][] norm(Checkpoint c, String name, double[][] x, double eps) {
    return Float64.layerNorm(x, c.get(name + ".weight"), c.get(name + ".bias"), eps);
  }

  private static double[][] convolve(
      Checkpoint c, String name, int in, double[][] x, boolean straight) {
    float[] w = c.get(name + ".weight");
    return Float64.linear(
        x, straight ? w : transposed(w, in, w.length / in), c.get(name + ".bias"));
  }
}
