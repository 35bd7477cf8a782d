package io.headstream.job.weights;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LayerShapeTest {

  /** One that is left out would not be compared, and nobody would notice. */
  @Test
  void everyCountHasTheNameOfItsOption() {
    LayerShape shape = new LayerShape(64, 8, 4, 2);
    assertThat(shape.byOption())
        .hasSameSizeAs(LayerShape.class.getRecordComponents())
        .containsEntry("model-dim", 64)
        .containsEntry("heads", 8)
        .containsEntry("kv-heads", 4)
        .containsEntry("head-groups", 2);
  }
}
