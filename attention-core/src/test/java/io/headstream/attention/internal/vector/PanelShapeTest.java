package io.headstream.attention.internal.vector;

import static io.headstream.attention.internal.vector.PanelShape.FOUR_BY_FOUR;
import static io.headstream.attention.internal.vector.PanelShape.FOUR_BY_THREE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The build runs this class with shapes that this processor would not choose, too. */
class PanelShapeTest {

  @ParameterizedTest
  @CsvSource({
    "amd64, 512, FOUR_BY_FOUR", // AVX-512
    "amd64, 256, FOUR_BY_THREE", // AVX2
    "amd64, 128, FOUR_BY_THREE", // SSE
    "aarch64, 128, FOUR_BY_FOUR", // NEON
    "aarch64, 256, FOUR_BY_FOUR" // SVE
  })
  void followsTheRegistersOfTheProcessor(String architecture, int bits, PanelShape shape) {
    assertThat(PanelShape.of("auto", architecture, bits)).isEqualTo(shape);
  }

  @Test
  void isTheOneThatIsAskedFor() {
    assertThat(PanelShape.of("4x4", "amd64", 256)).isEqualTo(FOUR_BY_FOUR);
    assertThat(PanelShape.of("4x3", "amd64", 512)).isEqualTo(FOUR_BY_THREE);
    assertThatThrownBy(() -> PanelShape.of("3x5", "amd64", 512))
        .hasMessage("-Dheadstream.panel is 3x5, expected auto, 4x4 or 4x3");
    String asked = System.getProperty(PanelShape.PROPERTY, "auto");
    if (!asked.equals("auto")) {
      assertThat(VectorProducts.SHAPE.word()).isEqualTo(asked);
    }
  }

  @Test
  void isInWhatTheLogSays() {
    VectorBackend backend = new VectorBackend();
    assertThat(backend.description()).startsWith(backend.name() + ", ");
    assertThat(backend.description()).contains(VectorProducts.SHAPE.word());
  }

  @Test
  void leavesNoSingleVectorWhereItCanBeHelped() {
    assertThat(panels(FOUR_BY_FOUR, 4)).containsExactly(4);
    assertThat(panels(FOUR_BY_FOUR, 7)).containsExactly(4, 2, 1);
    assertThat(panels(FOUR_BY_THREE, 8)).containsExactly(3, 3, 2);
    assertThat(panels(FOUR_BY_THREE, 16)).containsExactly(3, 3, 3, 3, 2, 2);
    assertThat(panels(FOUR_BY_THREE, 4)).containsExactly(2, 2);
    assertThat(panels(FOUR_BY_THREE, 1)).containsExactly(1);
  }

  private static List<Integer> panels(PanelShape shape, int vectors) {
    List<Integer> panels = new ArrayList<>();
    for (int left = vectors; left > 0; left -= panels.get(panels.size() - 1)) {
      panels.add(shape.next(left));
    }
    return panels;
  }
}
