package io.headstream.job.app.view;

import static io.headstream.job.app.view.WeightsFixture.HOSTILE;
import static io.headstream.job.app.view.WeightsFixture.record;
import static io.headstream.job.app.view.WeightsFixture.weights;
import static io.headstream.job.app.view.WeightsFixture.write;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import io.headstream.job.app.json.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page as a text; {@link ReportPageE2E} opens it in a browser. */
class ReportPageTest {
  private static final Pattern SCRIPTS =
      Pattern.compile("<script[^>]*>(.*?)</script>", Pattern.DOTALL);

  @TempDir Path folder;

  @Test
  void dataCannotBecomeAnythingElse() throws Exception {
    String text = HOSTILE.replace("\u202e", "").replace("\u2028", "");
    Path file =
        write(
            folder.resolve("w.jsonl"),
            record(text, 0, new String[] {text, "y".repeat(10_000)}, weights(0, 2)));
    String page = page(file);

    Matcher scripts = SCRIPTS.matcher(page);
    assertThat(scripts.find()).isTrue();
    String data = scripts.group(1);
    assertThat(scripts.find()).isTrue();
    String script = scripts.group(1);
    assertThat(scripts.find()).as("a third script").isFalse();
    assertThat(data).doesNotContain("<");
    List<String> texts = new ArrayList<>();
    try (JsonParser json = Json.FACTORY.createParser(data)) {
      while (json.nextToken() != null) {
        if (json.currentToken().isScalarValue()) {
          texts.add(json.getText());
        }
      }
    }
    assertThat(texts).contains(text, "y".repeat(10_000));
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
    assertThat(page)
        .startsWith(ReportPage.BEGINNING)
        .contains("default-src 'none'")
        .contains("script-src 'sha256-" + Base64.getEncoder().encodeToString(digest) + "'");
  }

  @Test
  void asksTheNetworkForNothing() throws Exception {
    Path file = write(folder.resolve("w.jsonl"), record("s", 0, new String[0], weights(0, 2)));
    assertThat(page(file)).doesNotContain("http:", "https:", "//cdn", "@import", "url(");
  }

  private static String page(Path file) throws Exception {
    ByteArrayOutputStream page = new ByteArrayOutputStream();
    ReportPage.write(AttentionFiles.read(file, null), page);
    return page.toString(StandardCharsets.UTF_8);
  }
}
