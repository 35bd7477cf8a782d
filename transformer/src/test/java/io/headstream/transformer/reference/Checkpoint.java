package io.headstream.transformer.reference;

import io.headstream.safetensors.SafetensorsWriter;
import io.headstream.safetensors.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** A checkpoint folder with random weights: config and tensors, to change, to write and to ask. */
public final class Checkpoint {
  private final Random random;
  private final Map<String, String> config = new LinkedHashMap<>();
  private final Map<String, float[]> tensors = new LinkedHashMap<>();
  private final Map<String, List<Long>> shapes = new LinkedHashMap<>();
  public TensorType type = TensorType.F32;

  public Checkpoint(long seed) {
    random = new Random(seed);
  }

  /** Sets a key of config.json to a value that is JSON. */
  public Checkpoint config(String key, Object json) {
    config.put(key, String.valueOf(json));
    return this;
  }

  public Checkpoint word(String key, String word) {
    return config(key, '"' + word + '"');
  }

  public Checkpoint without(String key) {
    config.remove(key);
    return this;
  }

  /** Adds a tensor of values between {@code centre - spread} and {@code centre + spread}. */
  public Checkpoint tensor(String name, double centre, double spread, long... shape) {
    float[] values = new float[(int) LongStream.of(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (centre + spread * (2 * random.nextDouble() - 1));
    }
    return set(name, values, shape);
  }

  public Checkpoint set(String name, float[] values, long... shape) {
    tensors.put(name, values);
    shapes.put(name, LongStream.of(shape).boxed().toList());
    return this;
  }

  public Checkpoint remove(String name) {
    tensors.remove(name);
    shapes.remove(name);
    return this;
  }

  public Checkpoint linear(String name, int out, int in) {
    return tensor(name + ".weight", 0, 1.7 / Math.sqrt(in), out, in);
  }

  public Checkpoint biased(String name, int out, int in) {
    return linear(name, out, in).tensor(name + ".bias", 0, 0.3, out);
  }

  public Checkpoint norm(String name, int size, boolean bias) {
    tensor(name + ".weight", 1, 0.4, size);
    return bias ? tensor(name + ".bias", 0, 0.3, size) : this;
  }

  /** A tensor's values as they are read: of BF16 and F16 the rounded ones. */
  public float[] get(String name) {
    return tensors.get(name);
  }

  public Map<String, float[]> tensors() {
    return tensors;
  }

  public List<Long> shape(String name) {
    return shapes.get(name);
  }

  /** All values rounded so that 16 bits hold them. */
  public Checkpoint rounded(TensorType to) {
    type = to;
    for (float[] values : tensors.values()) {
      for (int i = 0; i < values.length; i++) {
        values[i] = Float.intBitsToFloat(Float.floatToIntBits(values[i]) & 0xffff0000);
      }
    }
    return this;
  }

  public String json() {
    return config.entrySet().stream()
        .map(entry -> '"' + entry.getKey() + "\": " + entry.getValue())
        .collect(Collectors.joining(",\n  ", "{\n  ", "\n}\n"));
  }

  public Path write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("config.json"), json());
    writer(tensors.keySet()).write(folder.resolve("model.safetensors"));
    return folder;
  }

  /** Writes the tensors to some shards in turn, with their index. */
  public Path writeShards(Path folder, int shards) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("config.json"), json());
    List<String> names = new ArrayList<>(tensors.keySet());
    List<String> map = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      String file = "model-%05d-of-%05d.safetensors".formatted(shard + 1, shards);
      List<String> own = new ArrayList<>();
      for (int n = shard; n < names.size(); n += shards) {
        own.add(names.get(n));
        map.add("\"%s\": \"%s\"".formatted(names.get(n), file));
      }
      writer(own).write(folder.resolve(file));
    }
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        "{\"metadata\": {\"total_size\": 1}, \"weight_map\": {" + String.join(",", map) + "}}");
    return folder;
  }

  private SafetensorsWriter writer(Iterable<String> names) {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (String name : names) {
      writer.add(name, type, shapes.get(name), tensors.get(name));
    }
    return writer;
  }
}
