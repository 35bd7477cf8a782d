package io.headstream.job.app.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.app.options.Options;
import io.headstream.job.app.options.RunsOn;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmbeddedFlinkTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "--input=-, false",
    "--input=- --output=out, true",
    "--input=- --dead-letters=dl, true",
    "--input=in --output=out --checkpoints=ck, true"
  })
  void aFolderOfEitherKindIsFinishedByCheckpoints(String arguments, boolean expected)
      throws Exception {
    Options options = Options.parse(RunsOn.EMBEDDED, arguments.split(" "));

    try (EmbeddedFlink flink = new EmbeddedFlink(options, folder, null, folder)) {
      assertThat(flink.environment().getCheckpointConfig().isCheckpointingEnabled())
          .isEqualTo(expected);
    }
  }
}
