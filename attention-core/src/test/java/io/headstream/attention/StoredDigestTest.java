package io.headstream.attention;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * The bits of a few thousand results, held to one stored digest. The build runs this class without
 * the Vector API, at 128, 256 and 512 bits and, where it is told of one, on a newer JDK: see {@code
 * pom.xml}. Whoever changes bits on purpose stores the digest anew and says so in the changelog.
 */
class StoredDigestTest {
  private static final String STORED =
      """
      55fac1e80e6a761a 700 masks
      a9d878f34a4dd8c0 150 edges of tiles and blocks
      357466e38d74037d 200 scores of plus and minus 50
      1ad0d0b4a7632626 200 not finite behind a mask
      22f1822179c238fb 200 not finite in sight
      44fdbd92bbdf6e21 200 dropout, soft cap, scale
      ae2599e3e055ec74 200 weights, scores, log-sum-exps
      84ae81d987d6bd81 100 merges
      18d20e28d281bc03 400 layers
      4744f95f82674750 100 head groups
      77f48012c73a10f4 300 caches
      0c3b81b86a56930c 150 layers token by token
      6f3339f848f3850058c479611c3b58c679bbb272466931b65bc2925b4e782d56 2900
      """;

  private static final ExecutorService EXECUTOR = Executors.newFixedThreadPool(2);

  private final DigestCases cases = new DigestCases(EXECUTOR);

  @AfterAll
  static void stop() {
    EXECUTOR.shutdownNow();
  }

  @Test
  void theFirstCallsAndTheLastOfTwentyThousandGiveTheStoredBits() {
    assertThat(MultiHeadAttention.kernel()).isEqualTo(ExpectedKernel.name());
    assertThat(digest()).as("cold, %s", MultiHeadAttention.kernel()).isEqualTo(STORED);
    List<DigestCases.Calls> kinds = List.copyOf(cases.all().values());
    int[] results = new int[1];
    for (int call = 0; results[0] < 20_000; call++) {
      kinds.get(call % kinds.size()).kind().call(new Draw(call), result -> results[0]++);
    }
    assertThat(digest()).as("compiled, %s", MultiHeadAttention.kernel()).isEqualTo(STORED);
  }

  /** One line a kind, so that a difference says where it is, and one for all. */
  private String digest() {
    StringBuilder lines = new StringBuilder();
    MessageDigest whole = sha256();
    int calls = 0;
    for (Map.Entry<String, DigestCases.Calls> kind : cases.all().entrySet()) {
      MessageDigest digest = sha256();
      for (int n = 0; n < kind.getValue().count(); n++) {
        Draw draw = new Draw(31L * kind.getKey().hashCode() + n);
        kind.getValue().kind().call(draw, results -> digest.update(bits(results)));
      }
      byte[] bytes = digest.digest();
      whole.update(bytes);
      calls += kind.getValue().count();
      lines.append("%.16s %d %s\n".formatted(hex(bytes), kind.getValue().count(), kind.getKey()));
    }
    return lines.append("%s %d\n".formatted(hex(whole.digest()), calls)).toString();
  }

  /** All NaNs are one; -0 is not +0. */
  private static ByteBuffer bits(float[] results) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * results.length);
    for (float value : results) {
      bytes.putInt(Float.floatToIntBits(value));
    }
    return bytes.flip();
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
