package io.headstream.job.app.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.app.options.Secrets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLogTest {
  private static final Secrets SECRETS =
      Secrets.of(Map.of("ssl.key.password", "schlüssel", "ssl.keystore.key", "-- BEGIN\nMIIE\n--"));

  @TempDir Path folder;

  @Test
  void noFileIsThereWhereNothingIsSaid() {
    Path file = folder.resolve("log");
    new RunLog(file.toString()).hide(SECRETS);
    assertThat(file).doesNotExist();
  }

  @Test
  void whatIsSaidComesAtOnceWhereThereAreNoSecrets() throws IOException {
    Path file = folder.resolve("log");
    try (RunLog log = new RunLog(file.toString())) {
      log.write(bytes("no end"));
      assertThat(file).content().isEqualTo("no end");
    }
  }

  /** Byte by byte, so that each part of the secret, and of its letters, comes alone. */
  @Test
  void aSecretIsHiddenHoweverItIsCut() throws IOException {
    Path file = folder.resolve("log");
    try (RunLog log = new RunLog(file.toString())) {
      log.hide(SECRETS);
      for (byte b : bytes("a schlüssel, ü\nschlüsselschlüssel\n")) {
        log.write(b);
      }
      assertThat(file).content().isEqualTo("a [hidden], ü\n[hidden][hidden]\n");
    }
  }

  @Test
  void aSecretOfSeveralLinesIsHiddenLineByLine() throws IOException {
    Path file = folder.resolve("log");
    try (RunLog log = new RunLog(file.toString())) {
      log.hide(SECRETS);
      log.write(bytes("key: -- BEGIN\nMIIE\n--\n"));
      assertThat(file).content().isEqualTo("key: [hidden]\n[hidden]\n--\n");
    }
  }

  @Test
  void aLineWithoutAnEndIsCut() throws IOException {
    Path file = folder.resolve("log");
    try (RunLog log = new RunLog(file.toString())) {
      log.hide(SECRETS);
      for (int i = 0; i < 1100; i++) {
        log.write(bytes("x".repeat(1000)));
      }
      assertThat(file).content().hasSizeBetween(1 << 20, 1_100_000).matches("x+");
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
