package io.headstream.job.app.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.ExecutionException;
import org.apache.flink.runtime.JobException;
import org.apache.flink.util.SerializedThrowable;
import org.junit.jupiter.api.Test;

class FailureCauseTest {

  @Test
  void findsTheBottomBelowFlinksLayers() {
    Throwable failure =
        new ExecutionException(
            new JobException(
                "Recovery is suppressed by NoRestartBackoffTimeStrategy",
                new SerializedThrowable(
                    new RuntimeException("wrapped", new IOException("disk is\n\tfull")))));

    assertThat(FailureCause.describe(failure)).isEqualTo("disk is full");
  }

  @Test
  void aMessageThatIsNoSentenceComesWithItsType() {
    assertThat(FailureCause.describe(new NoSuchFileException("/a")))
        .isEqualTo("NoSuchFileException: /a");
    assertThat(FailureCause.describe(new OutOfMemoryError("Java heap space")))
        .isEqualTo("OutOfMemoryError: Java heap space");
    assertThat(FailureCause.describe(new IllegalStateException()))
        .isEqualTo("IllegalStateException");
  }
}
