package io.headstream.attention.weights;

import static io.headstream.safetensors.SafetensorsBytes.entry;

import io.headstream.safetensors.SafetensorsBytes;
import io.headstream.safetensors.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Small sound files, from which a fuzzer starts. */
public final class WeightsFuzzSeeds {
  private WeightsFuzzSeeds() {}

  /** Writes the seeds into the first folder; makes all that are named. */
  public static void main(String[] folders) throws IOException {
    for (String folder : folders) {
      Files.createDirectories(Path.of(folder));
    }
    Path seeds = Path.of(folders[0]);
    int number = 0;
    for (byte[] seed : all()) {
      Files.write(seeds.resolve("seed-" + number++), seed);
    }
  }

  static List<byte[]> all() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    Path file = Files.createTempFile("seed", ".safetensors");
    for (TensorType type : List.of(TensorType.F32, TensorType.F16, TensorType.BF16)) {
      for (int biases = 0; biases < 4; biases++) {
        WeightsFixture fixture = new WeightsFixture(biases);
        boolean input = (biases & 1) != 0;
        boolean output = (biases & 2) != 0;
        AttentionParameters multi = fixture.weights(2, 2, 2, input, output);
        AttentionParameters grouped = fixture.weights(4, 2, 1, input, output);
        multi.write(file, "", type, WeightsLayout.PACKED);
        seeds.add(Files.readAllBytes(file));
        grouped.write(file, "", type, WeightsLayout.SEPARATE);
        seeds.add(Files.readAllBytes(file));
      }
      // Large enough that values and not the header are what costs.
      new WeightsFixture(4)
          .weights(16, 2, 1, true, true)
          .write(file, "", type, WeightsLayout.SEPARATE);
      seeds.add(Files.readAllBytes(file));
    }
    Files.delete(file);
    seeds.addAll(othersThanLayers());
    return seeds;
  }

  /** What the writer does not write: other types, metadata, escapes, nothing at all. */
  private static List<byte[]> othersThanLayers() {
    List<byte[]> seeds = new ArrayList<>();
    seeds.add(SafetensorsBytes.file("{}   ", new byte[0]));
    StringBuilder header =
        new StringBuilder("{\"__metadata__\":{\"format\":\"pt\",\"a\":\"\\u00e9\"}");
    long begin = 0;
    for (TensorType type : TensorType.values()) {
      String name = "a\\\"" + type;
      header.append(",").append(entry(name, type.name(), "[2,1,4]", begin, begin + type.bits()));
      begin += type.bits();
    }
    header.append(",").append(entry("bias_k", "F32", "[0,7]", begin, begin)).append("}");
    seeds.add(SafetensorsBytes.file(header.toString(), new byte[(int) begin]));
    return seeds;
  }
}
