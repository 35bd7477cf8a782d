package io.headstream.attention.internal.drive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BackendsTest {

  @Test
  void takesTheVectorApiWhereItIs() {
    assertThat(Backends.choose("auto", true).name()).startsWith("vector-");
    assertThat(Backends.choose("vector", true).name()).startsWith("vector-");
    assertThat(Backends.choose("scalar", true).name()).isEqualTo("scalar");
  }

  @Test
  void worksWithoutTheModule() {
    assertThat(Backends.choose("auto", false).name()).isEqualTo("scalar");
    assertThatThrownBy(() -> Backends.choose("vector", false))
        .hasMessage(
            "-Dheadstream.kernel=vector needs the Vector API: start Java with"
                + " --add-modules=jdk.incubator.vector");
  }

  @Test
  void refusesAnUnknownWord() {
    assertThatThrownBy(() -> Backends.choose("fast", true))
        .hasMessage("-Dheadstream.kernel is fast, expected auto, scalar or vector");
  }
}
