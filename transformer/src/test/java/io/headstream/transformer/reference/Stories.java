package io.headstream.transformer.reference;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A small trained Llama that tells stories, from the file of another program: its checkpoint in the
 * names and the row order of Hugging Face, and the pieces of text of its tokens.
 */
public final class Stories {
  private static final int BEGIN = 1;

  private final Path folder;

  private Stories(Path folder) {
    this.folder = folder;
  }

  /** The model in the folder of the property headstream.models, or null where it is not there. */
  public static Stories find() {
    String models = System.getProperty("headstream.models");
    Path folder = models == null ? null : Path.of(models);
    return folder != null && Files.exists(folder.resolve("stories260K.bin"))
        ? new Stories(folder)
        : null;
  }

  /** What it tells, greedily, from its first token on: 256 tokens. */
  public String expected() throws IOException {
    return Files.readString(folder.resolve("stories260K.expected.txt"));
  }

  public Checkpoint checkpoint() throws IOException {
    ByteBuffer file = bytes("stories260K.bin");
    int d = file.getInt();
    int f = file.getInt();
    int layers = file.getInt();
    int heads = file.getInt();
    int keyValueHeads = file.getInt();
    int vocabulary = file.getInt();
    int positions = file.getInt();
    int e = d / heads;
    int kv = keyValueHeads * e;
    Checkpoint c =
        new Checkpoint(0)
            .word("model_type", "llama")
            .config("architectures", "[\"LlamaForCausalLM\"]")
            .config("hidden_size", d)
            .config("intermediate_size", f)
            .config("num_hidden_layers", layers)
            .config("num_attention_heads", heads)
            .config("num_key_value_heads", keyValueHeads)
            .config("vocab_size", vocabulary)
            .config("max_position_embeddings", positions)
            .config("rms_norm_eps", "1e-05")
            .config("tie_word_embeddings", true);
    c.set("model.embed_tokens.weight", floats(file, vocabulary * d), vocabulary, d);
    each(c, file, layers, "input_layernorm", d, 1);
    each(c, file, layers, "self_attn.q_proj", heads * e, d);
    each(c, file, layers, "self_attn.k_proj", kv, d);
    each(c, file, layers, "self_attn.v_proj", kv, d);
    each(c, file, layers, "self_attn.o_proj", d, heads * e);
    each(c, file, layers, "post_attention_layernorm", d, 1);
    each(c, file, layers, "mlp.gate_proj", f, d);
    each(c, file, layers, "mlp.down_proj", d, f);
    each(c, file, layers, "mlp.up_proj", f, d);
    c.set("model.norm.weight", floats(file, d), d);
    for (int i = 0; i < layers; i++) {
      halves(c.get("model.layers." + i + ".self_attn.q_proj.weight"), heads, e, d);
      halves(c.get("model.layers." + i + ".self_attn.k_proj.weight"), keyValueHeads, e, d);
    }
    return c;
  }

  private static void each(
      Checkpoint c, ByteBuffer file, int layers, String name, int rows, int columns) {
    for (int i = 0; i < layers; i++) {
      float[] values = floats(file, rows * columns);
      String whole = "model.layers." + i + "." + name + ".weight";
      if (columns == 1) {
        c.set(whole, values, rows);
      } else {
        c.set(whole, values, rows, columns);
      }
    }
  }

  /** From channels that turn with their neighbour to channels that turn with the other half's. */
  private static void halves(float[] w, int heads, int e, int d) {
    float[] old = w.clone();
    for (int h = 0; h < heads; h++) {
      for (int k = 0; k < e / 2; k++) {
        System.arraycopy(old, (h * e + 2 * k) * d, w, (h * e + k) * d, d);
        System.arraycopy(old, (h * e + 2 * k + 1) * d, w, (h * e + k + e / 2) * d, d);
      }
    }
  }

  /** The text of tokens. */
  public String text(int[] ids) throws IOException {
    ByteBuffer file = bytes("tok512.bin");
    file.getInt();
    String[] pieces = new String[512];
    for (int id = 0; id < pieces.length; id++) {
      file.getFloat();
      byte[] piece = new byte[file.getInt()];
      file.get(piece);
      pieces[id] = new String(piece, StandardCharsets.ISO_8859_1);
    }
    StringBuilder text = new StringBuilder();
    int previous = BEGIN;
    for (int id : ids) {
      String piece = pieces[id];
      if (piece.matches("<0x[0-9A-F]{2}>")) {
        piece = String.valueOf((char) Integer.parseInt(piece.substring(3, 5), 16));
      } else if (previous == BEGIN && piece.startsWith(" ")) {
        piece = piece.substring(1);
      }
      text.append(piece);
      previous = id;
    }
    return new String(
        text.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private ByteBuffer bytes(String name) throws IOException {
    return ByteBuffer.wrap(Files.readAllBytes(folder.resolve(name))).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static float[] floats(ByteBuffer file, int count) {
    float[] values = new float[count];
    file.asFloatBuffer().get(values);
    file.position(file.position() + count * Float.BYTES);
    return values;
  }
}
