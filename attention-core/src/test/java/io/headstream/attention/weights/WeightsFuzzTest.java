package io.headstream.attention.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.safetensors.WeightsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fuzzer's target and its seeds, so that neither decays while nobody fuzzes. */
class WeightsFuzzTest {
  @TempDir Path folder;

  @Test
  void theSeedsAreReadAndCostWhatIsAllowed() throws Exception {
    List<byte[]> seeds = WeightsFuzzSeeds.all();
    WeightsFuzz.fuzzerInitialize();
    int layers = 0;
    for (byte[] seed : seeds) {
      WeightsFuzz.fuzzerTestOneInput(seed);
      if (isLayer(seed)) {
        layers++;
      }
    }
    // All but the two that are there for what is no layer.
    assertThat(layers).isEqualTo(seeds.size() - 2);
  }

  private boolean isLayer(byte[] seed) throws Exception {
    Path file = Files.write(folder.resolve("w.safetensors"), seed);
    try {
      AttentionParameters.read(file, "", WeightsFuzz.HEADS);
      return true;
    } catch (WeightsException e) {
      return false;
    }
  }
}
