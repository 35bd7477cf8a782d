package io.headstream.benchmarks.cases;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One case to be measured, named by a word such as {@code sdpa:1x512x768x12c}.
 *
 * <p>With {@code hd = modelDim / heads}, all arrays row-major:
 *
 * <ul>
 *   <li>{@code sdpa}: q, k, v and the result are {@code [batch, heads, length, hd]}
 *   <li>{@code mha}: x and the result are {@code [batch, length, modelDim]}, with biases
 *   <li>{@code decode}: one query, {@code [batch, heads, 1, hd]}, against the cache of {@code
 *       length} keys
 *   <li>{@code gemm}: x and the result are {@code [batch · length, modelDim]}, {@code y = x·Wᵀ};
 *       heads do not matter
 *   <li>{@code peak}: {@code batch · length · modelDim} fused multiply-adds in registers, on one
 *       thread
 * </ul>
 *
 * @param op which operation
 * @param batch members of the batch
 * @param length tokens, or keys in the cache
 * @param modelDim size of a token's embedding
 * @param heads number of heads
 * @param causal whether a token sees none after it: the trailing {@code c}
 */
record Case(String op, int batch, int length, int modelDim, int heads, boolean causal) {
  private static final Pattern WORD =
      Pattern.compile("(sdpa|mha|decode|gemm|peak):(\\d+)x(\\d+)x(\\d+)x(\\d+)(c?)");

  /** The case of a word. */
  static Case parse(String word) {
    Matcher parts = WORD.matcher(word);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "case is \"%s\", expected (sdpa|mha|decode|gemm|peak):BATCHxLENGTHxDIMxHEADS[c]"
              .formatted(word));
    }
    Case parsed =
        new Case(
            parts.group(1),
            Integer.parseInt(parts.group(2)),
            Integer.parseInt(parts.group(3)),
            Integer.parseInt(parts.group(4)),
            Integer.parseInt(parts.group(5)),
            !parts.group(6).isEmpty());
    if (parsed.modelDim % parsed.heads != 0) {
      throw new IllegalArgumentException(
          "case is \"%s\", its %d heads do not divide %d"
              .formatted(word, parsed.heads, parsed.modelDim));
    }
    return parsed;
  }

  int headDim() {
    return modelDim / heads;
  }

  /** The case's word. */
  String word() {
    return "%s:%s".formatted(op, shape());
  }

  /** The word as the peers write it, which also seeds their inputs. */
  String id() {
    return "%s_%s".formatted(op, shape());
  }

  private String shape() {
    return "%dx%dx%dx%d%s".formatted(batch, length, modelDim, heads, causal ? "c" : "");
  }

  /** Useful operations; of a causal case those of the pairs that see each other. */
  double operations() {
    double rows = (double) batch * length;
    double pairs = causal ? rows * (length + 1) / 2 : rows * length;
    double products = rows * modelDim * modelDim;
    return switch (op) {
      case "sdpa" -> 4 * pairs * modelDim;
      case "mha" -> 4 * pairs * modelDim + 8 * products;
      case "decode" -> 4 * rows * modelDim;
      case "gemm" -> 2 * products;
      default -> 2 * rows * modelDim;
    };
  }
}
