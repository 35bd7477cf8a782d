package io.headstream.attention.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headstream.attention.AttentionMask;
import io.headstream.attention.AttentionOptions;
import io.headstream.attention.AttentionResults;
import io.headstream.attention.ScaledDotProductAttention;
import io.headstream.attention.ScoreStage;
import io.headstream.safetensors.HalfPrecision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The node tests of ONNX's Attention operator, which nobody here wrote. They are not part of the
 * project; the system property {@code headstream.onnx} says where they lie.
 */
class OnnxAttentionTest {
  private static final int CASES = 76;
  private static final Path FOLDER =
      Path.of(System.getProperty("headstream.onnx", "../../shared/onnx-attention"));

  private static int passed;

  @AfterAll
  static void printTheCount() {
    System.out.printf(
        Files.isDirectory(FOLDER)
            ? "ONNX Attention: %d of %d cases passed%n"
            : "ONNX Attention: skipped, %2$d cases are not at " + FOLDER + "%n",
        passed,
        CASES);
  }

  @Test
  void thereAre76() throws IOException {
    assumeTheCasesAreThere();
    assertThat(files()).hasSize(CASES);
  }

  @TestFactory
  Stream<DynamicTest> attention() throws IOException {
    assumeTheCasesAreThere();
    return files().stream()
        .map(
            file ->
                DynamicTest.dynamicTest(
                    file.getFileName().toString().replace(".json", ""),
                    () -> {
                      check(OnnxCase.read(file));
                      passed++;
                    }));
  }

  private static void assumeTheCasesAreThere() {
    assumeTrue(
        Files.isDirectory(FOLDER),
        () ->
            "ONNX's Attention cases are not at %s: none was run; say where with -Dheadstream.onnx"
                .formatted(FOLDER.toAbsolutePath().normalize()));
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }

  private static void check(OnnxCase given) {
    OnnxTensor q = given.inputs.get("Q");
    OnnxTensor expected = given.outputs.get("Y");
    boolean flat = q.rank() == 3;
    int heads = flat ? (int) given.attribute("q_num_heads", 0) : q.dim(1);
    int keyValueHeads =
        flat ? (int) given.attribute("kv_num_heads", 0) : given.inputs.get("K").dim(1);
    q = q.splitHeads(heads);
    OnnxTensor k = withPast(given, "key", given.inputs.get("K").splitHeads(keyValueHeads));
    OnnxTensor v = withPast(given, "value", given.inputs.get("V").splitHeads(keyValueHeads));
    int batch = q.dim(0);
    int queryLength = q.dim(2);
    int keyLength = k.dim(2);
    float[] scores = new float[batch * heads * queryLength * keyLength];
    AttentionOptions options = options(given, queryLength, keyLength);
    options = options.withResults(asked((int) given.attribute("qk_matmul_output_mode", 0), scores));
    float[] y =
        new ScaledDotProductAttention(heads, keyValueHeads, q.dim(3), v.dim(3))
            .attend(batch, queryLength, keyLength, q.floats(), k.floats(), v.floats(), options);
    assertClose("Y", y, flat ? expected.splitHeads(heads) : expected);
    if (given.outputs.containsKey("qk_matmul_output")) {
      assertClose("qk_matmul_output", scores, given.outputs.get("qk_matmul_output"));
    }
  }

  /** Keys or values behind those of the past, which is also what the operator gives back. */
  private static OnnxTensor withPast(OnnxCase given, String name, OnnxTensor now) {
    OnnxTensor past = given.inputs.get("past_" + name);
    OnnxTensor all = past == null ? now : past.followedBy(now);
    OnnxTensor present = given.outputs.get("present_" + name);
    if (present != null) {
      assertThat(all.data()).isEqualTo(present.data());
    }
    return all;
  }

  private static AttentionOptions options(OnnxCase given, int queryLength, int keyLength) {
    AttentionOptions options =
        AttentionOptions.defaults().withMask(mask(given, queryLength, keyLength));
    if (given.attributes.containsKey("scale")) {
      options = options.withScale(given.attributes.get("scale").floatValue());
    }
    double cap = given.attribute("softcap", 0);
    return cap == 0 ? options : options.withSoftCap((float) cap);
  }

  private static AttentionMask mask(OnnxCase given, int queryLength, int keyLength) {
    AttentionMask mask = AttentionMask.none();
    boolean causal = given.attribute("is_causal", 0) == 1;
    OnnxTensor valid = given.inputs.get("nonpad_kv_seqlen");
    if (valid != null) {
      int[] lengths = new int[valid.dim(0)];
      AttentionMask[] offsets = new AttentionMask[valid.dim(0)];
      for (int b = 0; b < lengths.length; b++) {
        lengths[b] = (int) valid.data()[b];
        offsets[b] = AttentionMask.causal(lengths[b] - queryLength);
      }
      mask = AttentionMask.validLengths(lengths);
      mask = causal ? mask.and(AttentionMask.perMember(offsets)) : mask;
    } else if (causal) {
      OnnxTensor past = given.inputs.get("past_key");
      mask = AttentionMask.causalAfter(past == null ? 0 : past.dim(2));
    }
    OnnxTensor matrix = given.inputs.get("attn_mask");
    if (matrix == null) {
      return mask;
    }
    if (matrix.isBoolean()) {
      OnnxTensor filled = matrix.filledTo(keyLength, 0);
      return mask.and(AttentionMask.matrix(filled.booleans(), filled.shape()));
    }
    OnnxTensor filled = matrix.filledTo(keyLength, Double.NEGATIVE_INFINITY);
    return mask.and(AttentionMask.bias(filled.floats(), filled.shape()));
  }

  private static AttentionResults asked(int mode, float[] into) {
    AttentionResults results = new AttentionResults();
    return mode == 3
        ? results.weights(into, 0)
        : results.scores(ScoreStage.values()[mode], into, 0);
  }

  /** Float32 a thousand times closer than ONNX asks; float16 as ONNX asks. */
  private static void assertClose(String name, float[] actual, OnnxTensor expected) {
    assertThat(actual).as(name).hasSize(expected.data().length);
    double relative = expected.isHalf() ? 1e-3 : 1e-6;
    for (int n = 0; n < actual.length; n++) {
      double want = expected.data()[n];
      double got = expected.isHalf() ? half(actual[n]) : actual[n];
      assertThat(got == want || Math.abs(got - want) <= 1e-7 + relative * Math.abs(want))
          .as("%s[%d] is %s, expected %s", name, n, got, want)
          .isTrue();
    }
  }

  /** What is left of a number in float16. */
  private static float half(float value) {
    return HalfPrecision.float16ToFloat(HalfPrecision.floatToFloat16(value));
  }
}
