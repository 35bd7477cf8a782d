package io.headstream.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class KernelsTest {

  @Test
  void takesTheVectorApiWhereItIs() {
    assertThat(Kernels.choose("auto", true).name()).startsWith("vector-");
    assertThat(Kernels.choose("vector", true).name()).startsWith("vector-");
    assertThat(Kernels.choose("scalar", true).name()).isEqualTo("scalar");
  }

  @Test
  void worksWithoutTheModule() {
    assertThat(Kernels.choose("auto", false).name()).isEqualTo("scalar");
    assertThatThrownBy(() -> Kernels.choose("vector", false))
        .hasMessage(
            "-Dheadstream.kernel=vector needs the Vector API: start Java with"
                + " --add-modules=jdk.incubator.vector");
  }

  @Test
  void refusesAnUnknownWord() {
    assertThatThrownBy(() -> Kernels.choose("fast", true))
        .hasMessage("-Dheadstream.kernel is fast, expected auto, scalar or vector");
  }
}
