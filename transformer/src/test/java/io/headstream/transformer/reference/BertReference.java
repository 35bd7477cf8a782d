package io.headstream.transformer.reference;

import static io.headstream.transformer.reference.Float64.activation;
import static io.headstream.transformer.reference.Float64.add;
import static io.headstream.transformer.reference.Float64.layerNorm;
import static io.headstream.transformer.reference.Float64.map;

import java.util.Set;

/** BERT, RoBERTa and DistilBERT: random checkpoints, and what they are to answer. */
public final class BertReference {
  private static final int VOCABULARY = 50;
  private static final int POSITIONS = 40;

  private final Checkpoint checkpoint;
  private final String prefix;
  private final boolean distil;
  private final int layers;
  private final int heads;
  private final int first;
  private final double eps;
  private final String act;
  private final Set<Trap> traps;

  private BertReference(Checkpoint checkpoint, String family, String prefix, Set<Trap> traps) {
    this.checkpoint = checkpoint;
    this.prefix = prefix;
    this.distil = family.equals("distilbert");
    this.layers = 2;
    this.heads = 3;
    this.first = family.equals("roberta") && !traps.contains(Trap.POSITION_ZERO) ? 2 : 0;
    double own = family.equals("roberta") ? 1e-5 : 1e-12;
    this.eps = traps.contains(Trap.OTHER_EPSILON) ? 1e-5 + 1e-12 - own : own;
    this.act = traps.contains(Trap.TANH_GELU) ? "gelu_new" : "gelu";
    this.traps = traps;
  }

  /**
   * A checkpoint of random weights.
   *
   * @param family bert, roberta or distilbert
   * @param prefix what stands before the names
   * @param embeddings how large the embeddings are: small ones show an epsilon
   * @param labels of a classifier; 0 for none
   */
  public static Checkpoint checkpoint(
      String family, String prefix, double embeddings, int labels, long seed) {
    int d = 48;
    int f = 100;
    boolean distil = family.equals("distilbert");
    Checkpoint c = new Checkpoint(seed).word("model_type", family);
    String kind = labels == 0 ? "Model" : "ForSequenceClassification";
    c.config("architectures", "[\"Some" + kind + "\"]");
    c.config(distil ? "dim" : "hidden_size", d)
        .config(distil ? "n_layers" : "num_hidden_layers", 2)
        .config(distil ? "n_heads" : "num_attention_heads", 3)
        .config(distil ? "hidden_dim" : "intermediate_size", f)
        .word(distil ? "activation" : "hidden_act", "gelu")
        .config("max_position_embeddings", POSITIONS)
        .config("vocab_size", VOCABULARY);
    if (!distil) {
      c.config("type_vocab_size", family.equals("bert") ? 2 : 1)
          .config("layer_norm_eps", family.equals("bert") ? "1e-12" : "1e-05")
          .config("pad_token_id", family.equals("bert") ? 0 : 1);
      c.tensor(
          prefix + "embeddings.token_type_embeddings.weight",
          0,
          embeddings,
          family.equals("bert") ? 2 : 1,
          d);
    }
    c.tensor(prefix + "embeddings.word_embeddings.weight", 0, embeddings, VOCABULARY, d)
        .tensor(prefix + "embeddings.position_embeddings.weight", 0, embeddings, POSITIONS, d)
        .norm(prefix + "embeddings.LayerNorm", d, true);
    for (int i = 0; i < 2; i++) {
      String layer = prefix + (distil ? "transformer" : "encoder") + ".layer." + i + ".";
      for (String name :
          distil
              ? new String[] {"attention.q_lin", "attention.k_lin", "attention.v_lin"}
              : new String[] {
                "attention.self.query", "attention.self.key", "attention.self.value"
              }) {
        c.biased(layer + name, d, d);
      }
      c.biased(layer + (distil ? "attention.out_lin" : "attention.output.dense"), d, d)
          .norm(layer + (distil ? "sa_layer_norm" : "attention.output.LayerNorm"), d, true)
          .biased(layer + (distil ? "ffn.lin1" : "intermediate.dense"), f, d)
          .biased(layer + (distil ? "ffn.lin2" : "output.dense"), d, f)
          .norm(layer + (distil ? "output_layer_norm" : "output.LayerNorm"), d, true);
    }
    if (labels > 0) {
      StringBuilder names = new StringBuilder();
      for (int id = 0; id < labels; id++) {
        names.append(id == 0 ? "" : ", ").append("\"%d\": \"class %d\"".formatted(id, id));
      }
      c.config("id2label", "{" + names + "}");
      switch (family) {
        case "bert" -> c.biased(prefix + "pooler.dense", d, d).biased("classifier", labels, d);
        case "roberta" ->
            c.biased("classifier.dense", d, d).biased("classifier.out_proj", labels, d);
        default -> c.biased("pre_classifier", d, d).biased("classifier", labels, d);
      }
    }
    return c;
  }

  /** The hidden states of a sequence. */
  public static double[][] hidden(
      Checkpoint c, String family, String prefix, int[] ids, Set<Trap> traps) {
    return new BertReference(c, family, prefix, traps).hidden(ids);
  }

  /** The probabilities of the classes. */
  public static double[] classes(
      Checkpoint c, String family, String prefix, int[] ids, Set<Trap> traps) {
    double[][] x = {hidden(c, family, prefix, ids, traps)[0]};
    boolean relu = family.equals("distilbert") != traps.contains(Trap.OTHER_POOLER);
    String pooler =
        switch (family) {
          case "bert" -> prefix + "pooler.dense";
          case "roberta" -> "classifier.dense";
          default -> "pre_classifier";
        };
    String output = family.equals("roberta") ? "classifier.out_proj" : "classifier";
    double[][] pooled =
        map(
            linear(x, c.get(pooler + ".weight"), c.get(pooler + ".bias")),
            value -> activation(relu ? "relu" : "tanh", value));
    return Float64.softmax(linear(pooled, c.get(output + ".weight"), c.get(output + ".bias"))[0]);
  }

  private double[][] hidden(int[] ids) {
    float[] words = get("embeddings.word_embeddings.weight");
    float[] places = get("embeddings.position_embeddings.weight");
    float[] types = distil ? null : get("embeddings.token_type_embeddings.weight");
    int d = words.length / VOCABULARY;
    double[][] x = new double[ids.length][d];
    for (int p = 0; p < ids.length; p++) {
      for (int c = 0; c < d; c++) {
        x[p][c] = (double) words[ids[p] * d + c] + places[(first + p) * d + c];
        x[p][c] += distil ? 0 : types[c];
      }
    }
    x = norm("embeddings.LayerNorm", x);
    for (int i = 0; i < layers; i++) {
      String layer = (distil ? "transformer" : "encoder") + ".layer." + i + ".";
      x = block(layer, x);
    }
    return x;
  }

  private double[][] block(String layer, double[][] x) {
    String attention = layer + (distil ? "attention." : "attention.self.");
    int d = x[0].length;
    double[][] y =
        Float64.attention(
            linear(attention + (distil ? "q_lin" : "query"), x),
            linear(attention + (distil ? "k_lin" : "key"), x),
            linear(attention + (distil ? "v_lin" : "value"), x),
            heads,
            d / heads,
            h -> h,
            1 / Math.sqrt((double) d / heads),
            (i, j) -> true);
    String output = layer + (distil ? "attention.out_lin" : "attention.output.dense");
    String attentionNorm = layer + (distil ? "sa_layer_norm" : "attention.output.LayerNorm");
    String outputNorm = layer + (distil ? "output_layer_norm" : "output.LayerNorm");
    if (traps.contains(Trap.OTHER_NORM_ORDER)) {
      x = add(x, norm(attentionNorm, linear(output, y)));
      return add(x, norm(outputNorm, inner(layer, x)));
    }
    x = norm(attentionNorm, add(x, linear(output, y)));
    return norm(outputNorm, add(x, inner(layer, x)));
  }

  private double[][] inner(String layer, double[][] x) {
    double[][] up = linear(layer + (distil ? "ffn.lin1" : "intermediate.dense"), x);
    return linear(
        layer + (distil ? "ffn.lin2" : "output.dense"), map(up, value -> activation(act, value)));
  }

  private double[][] linear(String name, double[][] x) {
    return Float64.linear(x, get(name + ".weight"), get(name + ".bias"));
  }

  private static double[][] linear(double[][] x, float[] w, float[] b) {
    return Float64.linear(x, w, b);
  }

  private double[][] norm(String name, double[][] x) {
    return layerNorm(x, get(name + ".weight"), get(name + ".bias"), eps);
  }

  private float[] get(String name) {
    return checkpoint.get(prefix + name);
  }
}
