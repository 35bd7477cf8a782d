package io.headstream.job.app.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TerminalLinesTest {
  private final TerminalLines lines = new TerminalLines();

  @Test
  void controlsAboveAsciiAreEscapedAndNothingElseIs() {
    write("{\"label\":\"a\u009b31mb\u0080\u009f\"}\n");
    write("{\"label\":\"\u00a0\u00bf \u00e9 \u20ac \ud83d\ude00 \u0100\"}\n");
    write("{\"label\":\"\u0085\"}\n");

    assertThat(lines.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"label\":\"a\\u009b31mb\\u0080\\u009f\"}\n"
                + "{\"label\":\"\u00a0\u00bf \u00e9 \u20ac \ud83d\ude00 \u0100\"}\n"
                + "{\"label\":\"\\u0085\"}\n");
  }

  @Test
  void whatComesBehindAResetIsEscapedToo() {
    write("{\"label\":\"long enough to be longer than the next\"}\n");
    lines.reset();
    write("\"\u0090\"\n");
    assertThat(lines.toString(StandardCharsets.UTF_8)).isEqualTo("\"\\u0090\"\n");
  }

  private void write(String line) {
    lines.writeBytes(line.getBytes(StandardCharsets.UTF_8));
    lines.escapeControls();
  }
}
