package io.headstream.job.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.attention.MultiHeadAttention;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.streaming.api.operators.StreamMap;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class LayerWeightsTest {

  /** A job may have several layers with one seed. */
  @Test
  void layersOfOneJobThatDifferInAnyDimensionAreNotShared() throws Exception {
    StreamMap<String, String> operator = new StreamMap<>(value -> value);
    try (OneInputStreamOperatorTestHarness<String, String> harness =
        new OneInputStreamOperatorTestHarness<>(operator)) {
      harness.open();
      RuntimeContext context = operator.getRuntimeContext();
      try (SharedLayers.Lease layer = LayerWeights.seeded(5, 16, 4, 4).acquire(context);
          SharedLayers.Lease same = LayerWeights.seeded(5, 16, 4, 4).acquire(context);
          SharedLayers.Lease wider = LayerWeights.seeded(5, 32, 4, 4).acquire(context);
          SharedLayers.Lease moreHeads = LayerWeights.seeded(5, 16, 8, 4).acquire(context);
          SharedLayers.Lease grouped = LayerWeights.seeded(5, 16, 4, 2).acquire(context)) {
        assertThat(same.layer()).isSameAs(layer.layer());
        assertThat(shape(layer.layer())).isEqualTo("16 4 4");
        assertThat(shape(wider.layer())).isEqualTo("32 4 4");
        assertThat(shape(moreHeads.layer())).isEqualTo("16 8 4");
        assertThat(shape(grouped.layer())).isEqualTo("16 4 2");
      }
    }
    assertThat(SharedLayers.size()).isZero();
  }

  private static String shape(MultiHeadAttention layer) {
    return layer.modelDim() + " " + layer.heads() + " " + layer.keyValueHeads();
  }
}
