package io.headstream.transformer;

import static io.headstream.transformer.FamiliesTest.ids;
import static io.headstream.transformer.ReferenceAssert.assertRight;
import static io.headstream.transformer.ReferenceAssert.assertSeen;
import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.transformer.family.SasRec;
import io.headstream.transformer.family.TorchEncoder;
import io.headstream.transformer.reference.Checkpoint;
import io.headstream.transformer.reference.Float64;
import io.headstream.transformer.reference.TorchReference;
import io.headstream.transformer.rows.Activation;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models without a config, against their formulas in double precision. */
class FormatsTest {
  private static final int D = 24;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "true,false,false,relu",
    "true,true,false,relu",
    "true,true,true,gelu",
    "false,false,true,relu",
    "false,true,true,relu"
  })
  void anEncoderStartsFromVectors(
      boolean bias, boolean normFirst, boolean causal, String activation) throws Exception {
    Checkpoint c = TorchReference.encoder("body.", bias, 60);
    c.tensor("head.weight", 0, 1, 3, D); // of the user, and none of the encoder's
    TorchEncoder format = TorchEncoder.withHeads(3).withPrefix("body.");
    format = normFirst ? format.withNormFirst() : format;
    format = causal ? format.withCausalMask() : format;
    format = format.withActivation(Activation.byName(activation));
    Path file = c.write(folder).resolve("model.safetensors");
    TransformerModel model = TransformerModel.load(file, format);
    double[][] x = new double[20][D];
    float[] y = vectors(x);
    model.forward(new SequenceBatch().addVectors(null, 20), y, new ModelWorkspace());
    assertRight(y, TorchReference.encode(c, "body.", x, activation, normFirst, causal));
    assertSeen(y, TorchReference.encode(c, "body.", x, activation, !normFirst, causal));
    assertSeen(y, TorchReference.encode(c, "body.", x, activation, normFirst, !causal));
  }

  @Test
  void anEncoderMayStartFromTokens() throws Exception {
    Checkpoint c =
        TorchReference.encoder("", true, 61)
            .tensor("words", 0, 1, 50, D)
            .tensor("places", 0, 1, 40, D)
            .biased("head", 50, D);
    TorchEncoder format =
        TorchEncoder.withHeads(3)
            .withCausalMask()
            .withEmbedding("words", "places")
            .withOutput("head");
    TransformerModel model = TransformerModel.load(c.write(folder), format);
    int[] ids = ids(30, 62);
    double[][] x = new double[30][D];
    for (int p = 0; p < 30; p++) {
      for (int i = 0; i < D; i++) {
        x[p][i] = (double) c.get("words")[ids[p] * D + i] + c.get("places")[p * D + i];
      }
    }
    double[][] hidden = TorchReference.encode(c, "", x, "relu", false, true);
    assertRight(model.forward(ids), hidden);
    double[][] logits = Float64.linear(hidden, c.get("head.weight"), c.get("head.bias"));
    assertRight(model.logits(ids), new double[][] {logits[29]});
    assertThat(model.maxLength()).isEqualTo(40);
  }

  @ParameterizedTest
  @CsvSource({
    "ORIGINAL,original,false",
    "ORIGINAL,original,true",
    "NORM_FIRST,norm-first,false",
    "POST_NORM,post-norm,false"
  })
  void sasRecScoresTheNextItemBehindItsPadding(SasRec.Variant variant, String word, boolean masked)
      throws Exception {
    Checkpoint c = TorchReference.sasRec(masked ? 40 : 41, !masked, 0.5, 63);
    SasRec format = SasRec.of(variant);
    format = masked ? format.withPositionsCountedFromZero() : format;
    TransformerModel model =
        TransformerModel.load(c.write(folder).resolve("model.safetensors"), format);
    for (int length : new int[] {1, 17, 40, 55}) {
      int[] items = new Random(length).ints(length, 1, 50).toArray();
      int[] padded = new int[40];
      int kept = Math.min(40, length);
      System.arraycopy(items, length - kept, padded, 40 - kept, kept);
      double[][] hidden = TorchReference.sasRec(c, word, masked, padded, 1e-8);
      double[][] scores = Float64.linear(hidden, c.get("item_emb.weight"), null);
      assertRight(model.logits(items), new double[][] {scores[39]});
      assertThat(model.nextTokens(50, items)).hasSize(49); // never padding
      for (String other : new String[] {"original", "norm-first", "post-norm"}) {
        if (!other.equals(word)) {
          hidden = TorchReference.sasRec(c, other, masked, padded, 1e-8);
          scores = Float64.linear(hidden, c.get("item_emb.weight"), null);
          assertSeen(model.logits(items), new double[][] {scores[39]});
        }
      }
    }
  }

  @Test
  void sasRecsEpsilonIsSmall() throws Exception {
    Checkpoint c = TorchReference.sasRec(41, true, 1e-5, 64);
    TransformerModel model =
        TransformerModel.load(c.write(folder), SasRec.of(SasRec.Variant.NORM_FIRST));
    int[] ids = new Random(1).ints(40, 1, 50).toArray();
    float[] y = model.forward(ids);
    assertRight(y, TorchReference.sasRec(c, "norm-first", false, ids, 1e-8));
    assertSeen(y, TorchReference.sasRec(c, "norm-first", false, ids, 1e-12));
    assertSeen(y, TorchReference.sasRec(c, "norm-first", false, ids, 1e-5));
  }

  @ParameterizedTest
  @CsvSource({"ORIGINAL", "NORM_FIRST", "POST_NORM"})
  void sasRecFromTheLeftMayKeepItsPast(SasRec.Variant variant) throws Exception {
    Checkpoint c = TorchReference.sasRec(41, true, 0.5, 65);
    TransformerModel model =
        TransformerModel.load(c.write(folder), SasRec.of(variant).withPositionsFromLeft());
    int[] ids = new Random(2).ints(40, 1, 50).toArray();
    float[] expected = model.forward(ids);
    SequenceCache cache = model.newCache();
    ModelWorkspace workspace = new ModelWorkspace();
    float[] hidden = new float[D];
    for (int p = 0; p < ids.length; p++) {
      model.forward(new SequenceBatch().add(cache, ids[p]), hidden, workspace);
      assertThat(hidden).isEqualTo(Arrays.copyOfRange(expected, p * D, (p + 1) * D));
    }
  }

  private static float[] vectors(double[][] x) {
    Random random = new Random(66);
    float[] y = new float[x.length * x[0].length];
    for (int i = 0; i < y.length; i++) {
      y[i] = (float) random.nextGaussian();
      x[i / x[0].length][i % x[0].length] = y[i];
    }
    return y;
  }
}
