package io.headstream.job.app.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableLocationTest {
  @TempDir Path folder;

  @Test
  void aColonDividesFileAndTensorUnlessThereIsAFileOfTheWholeName() throws Exception {
    Path plain = Files.createFile(folder.toRealPath().resolve("a"));
    assertThat(TableLocation.of(plain.toString())).isEqualTo(new TableLocation(plain, null));
    assertThat(TableLocation.of(plain + ":b")).isEqualTo(new TableLocation(plain, "b"));
    Path withColon = Files.createFile(folder.toRealPath().resolve("a:b"));
    assertThat(TableLocation.of(plain + ":b")).isEqualTo(new TableLocation(withColon, null));
    assertThat(TableLocation.of(withColon + ":c")).isEqualTo(new TableLocation(withColon, "c"));
    assertThat(TableLocation.of("file:" + plain + ":c")).isEqualTo(new TableLocation(plain, "c"));
  }

  @Test
  void whatIsNotThereIsRefused() {
    for (String text : new String[] {"nowhere", "nowhere:t", folder.toString(), "a:", ":"}) {
      assertThatThrownBy(() -> TableLocation.of(text))
          .isInstanceOf(UsageException.class)
          .hasMessage(
              "--embedding-table: found '%s', expected a local safetensors file that is there, or"
                  + " FILE:TENSOR",
              text);
    }
  }
}
