package io.headstream.transformer.reference;

import static io.headstream.transformer.reference.Float64.add;
import static io.headstream.transformer.reference.Float64.columns;
import static io.headstream.transformer.reference.Float64.map;

/** nn.TransformerEncoder and SASRec: random tensors, and what they are to answer. */
public final class TorchReference {
  private static final int D = 24;
  private static final int F = 56;
  public static final int VOCABULARY = 50;

  private TorchReference() {}

  /** Tensors of an encoder with a final norm. */
  public static Checkpoint encoder(String prefix, boolean bias, long seed) {
    Checkpoint c = new Checkpoint(seed);
    for (int i = 0; i < 2; i++) {
      String layer = prefix + "layers." + i + ".";
      c.tensor(layer + "self_attn.in_proj_weight", 0, 0.3, 3 * D, D);
      if (bias) {
        c.tensor(layer + "self_attn.in_proj_bias", 0, 0.3, 3 * D);
      }
      linear(c, layer + "self_attn.out_proj", D, D, bias);
      linear(c, layer + "linear1", F, D, bias);
      linear(c, layer + "linear2", D, F, bias);
      c.norm(layer + "norm1", D, bias).norm(layer + "norm2", D, bias);
    }
    return c.norm(prefix + "norm", D, bias);
  }

  private static void linear(Checkpoint c, String name, int out, int in, boolean bias) {
    if (bias) {
      c.biased(name, out, in);
    } else {
      c.linear(name, out, in);
    }
  }

  /** The hidden states of vectors. */
  public static double[][] encode(
      Checkpoint c, String prefix, double[][] x, String act, boolean normFirst, boolean causal) {
    for (int i = 0; i < 2; i++) {
      String layer = prefix + "layers." + i + ".";
      if (normFirst) {
        double[][] n = norm(c, layer + "norm1", x, 1e-5);
        x = add(x, attention(c, layer + "self_attn.", n, n, 3, causal));
        x = add(x, inner(c, layer, norm(c, layer + "norm2", x, 1e-5), act));
      } else {
        x =
            norm(
                c,
                layer + "norm1",
                add(x, attention(c, layer + "self_attn.", x, x, 3, causal)),
                1e-5);
        x = norm(c, layer + "norm2", add(x, inner(c, layer, x, act)), 1e-5);
      }
    }
    return norm(c, prefix + "norm", x, 1e-5);
  }

  private static double[][] inner(Checkpoint c, String layer, double[][] x, String act) {
    double[][] up = linear(c, layer + "linear1", x);
    return linear(c, layer + "linear2", map(up, value -> Float64.activation(act, value)));
  }

  private static double[][] attention(
      Checkpoint c, String name, double[][] queries, double[][] x, int heads, boolean causal) {
    float[] w = c.get(name + "in_proj_weight");
    float[] b = c.get(name + "in_proj_bias");
    double[][] y =
        Float64.attention(
            columns(Float64.linear(queries, w, b), 0, D),
            columns(Float64.linear(x, w, b), D, 2 * D),
            columns(Float64.linear(x, w, b), 2 * D, 3 * D),
            heads,
            D / heads,
            h -> h,
            1 / Math.sqrt((double) D / heads),
            (i, j) -> !causal || j <= i);
    return linear(c, name + "out_proj", y);
  }

  /** Tensors of SASRec: rows of padding are zero, as training leaves them. */
  public static Checkpoint sasRec(
      int positions, boolean paddedPositions, double spread, long seed) {
    Checkpoint c =
        new Checkpoint(seed)
            .tensor("item_emb.weight", 0, spread, VOCABULARY, D)
            .tensor("pos_emb.weight", 0, spread, positions, D);
    java.util.Arrays.fill(c.get("item_emb.weight"), 0, D, 0);
    if (paddedPositions) {
      java.util.Arrays.fill(c.get("pos_emb.weight"), 0, D, 0);
    }
    for (int i = 0; i < 2; i++) {
      c.norm("attention_layernorms." + i, D, true).norm("forward_layernorms." + i, D, true);
      c.tensor("attention_layers." + i + ".in_proj_weight", 0, 0.3, 3 * D, D)
          .tensor("attention_layers." + i + ".in_proj_bias", 0, 0.3, 3 * D)
          .biased("attention_layers." + i + ".out_proj", D, D);
      for (String conv : new String[] {"conv1", "conv2"}) {
        c.tensor("forward_layers." + i + "." + conv + ".weight", 0, 0.3, D, D, 1)
            .tensor("forward_layers." + i + "." + conv + ".bias", 0, 0.3, D);
      }
    }
    return c.norm("last_layernorm", D, true);
  }

  /**
   * The hidden states of items, padding among them.
   *
   * @param variant original, norm-first or post-norm
   * @param masked whether rows of padding are zeros behind each layer, and positions begin at 0
   */
  public static double[][] sasRec(
      Checkpoint c, String variant, boolean masked, int[] ids, double eps) {
    float[] items = c.get("item_emb.weight");
    float[] places = c.get("pos_emb.weight");
    double[][] x = new double[ids.length][D];
    for (int p = 0; p < ids.length; p++) {
      int place = masked ? p : ids[p] == 0 ? 0 : p + 1;
      for (int i = 0; i < D; i++) {
        x[p][i] = items[ids[p] * D + i] * Math.sqrt(D) + places[place * D + i];
      }
    }
    x = masked ? clear(x, ids) : x;
    for (int i = 0; i < 2; i++) {
      String first = "attention_layernorms." + i;
      String second = "forward_layernorms." + i;
      String layer = "attention_layers." + i + ".";
      switch (variant) {
        case "original" -> {
          double[][] q = norm(c, first, x, eps);
          x = norm(c, second, add(q, attention(c, layer, q, x, 1, true)), eps);
          x = add(x, convolutions(c, i, x));
        }
        case "norm-first" -> {
          double[][] n = norm(c, first, x, eps);
          x = add(x, attention(c, layer, n, n, 1, true));
          x = add(x, convolutions(c, i, norm(c, second, x, eps)));
        }
        default -> {
          x = norm(c, first, add(x, attention(c, layer, x, x, 1, true)), eps);
          x = norm(c, second, add(x, convolutions(c, i, x)), eps);
        }
      }
      x = masked ? clear(x, ids) : x;
    }
    return norm(c, "last_layernorm", x, eps);
  }

  private static double[][] clear(double[][] x, int[] ids) {
    for (int p = 0; p < ids.length; p++) {
      if (ids[p] == 0) {
        x[p] = new double[x[p].length];
      }
    }
    return x;
  }

  private static double[][] convolutions(Checkpoint c, int i, double[][] x) {
    double[][] up = linear(c, "forward_layers." + i + ".conv1", x);
    return linear(c, "forward_layers." + i + ".conv2", map(up, value -> Math.max(0, value)));
  }

  private static double[][] linear(Checkpoint c, String name, double[][] x) {
    return Float64.linear(x, c.get(name + ".weight"), c.get(name + ".bias"));
  }

  private static double[][] norm(Checkpoint c, String name, double[][] x, double eps) {
    return Float64.layerNorm(x, c.get(name + ".weight"), c.get(name + ".bias"), eps);
  }
}
