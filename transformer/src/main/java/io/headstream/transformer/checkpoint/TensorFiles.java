package io.headstream.transformer.checkpoint;

import io.headstream.safetensors.SafetensorsFile;
import io.headstream.safetensors.TensorInfo;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The tensors of a checkpoint, in one safetensors file or in shards that an index names, open for
 * reading. A shard lies in the folder of its index, nowhere else.
 */
public final class TensorFiles implements Closeable {
  private static final String WHOLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final int LONGEST_INDEX = 64 << 20;

  private final Path source;
  private final Map<Path, SafetensorsFile> files = new LinkedHashMap<>();
  private final Map<String, Path> places = new LinkedHashMap<>();

  private TensorFiles(Path source) {
    this.source = source;
  }

  /**
   * Opens the tensors of a folder, or those of one file.
   *
   * @param path a folder with {@code model.safetensors}, or with shards and {@code
   *     model.safetensors.index.json}; or a safetensors file
   * @return the open files, whose headers are read and checked
   * @throws ModelException if the folder has neither, or index and shards do not agree
   * @throws io.headstream.safetensors.WeightsException if a file is damaged
   * @throws IOException if one cannot be read
   */
  public static TensorFiles open(Path path) throws IOException {
    Path whole = Files.isDirectory(path) ? path.resolve(WHOLE) : path;
    Path index = path.resolve(INDEX);
    if (Files.isDirectory(path) && !Files.exists(whole) && !Files.exists(index)) {
      throw new ModelException(path, "has neither " + WHOLE + " nor " + INDEX);
    }
    boolean sharded = Files.isDirectory(path) && !Files.exists(whole);
    TensorFiles files = new TensorFiles(sharded ? index : whole);
    try {
      if (sharded) {
        files.openShards(index);
      } else {
        for (String name : files.openFile(whole).tensors().keySet()) {
          files.places.put(name, whole);
        }
      }
      return files;
    } catch (Throwable e) {
      files.close();
      throw e;
    }
  }

  private void openShards(Path index) throws IOException {
    JsonValue map = JsonFile.read(index, LONGEST_INDEX).get("weight_map");
    for (Map.Entry<String, JsonValue> entry : map.fields()) {
      Path shard = shard(index, entry.getValue());
      SafetensorsFile file = files.containsKey(shard) ? files.get(shard) : openFile(shard);
      if (!file.tensors().containsKey(entry.getKey())) {
        throw new ModelException(
            shard,
            "has no tensor "
                + ModelException.quote(entry.getKey())
                + ", which the index puts there");
      }
      places.put(entry.getKey(), shard);
    }
    for (Map.Entry<Path, SafetensorsFile> file : files.entrySet()) {
      for (TensorInfo tensor : file.getValue().tensors().values()) {
        if (!file.getKey().equals(places.get(tensor.name()))) {
          throw new ModelException(
              file.getKey(), "has " + tensor.label() + ", which the index does not put there");
        }
      }
    }
  }

  /** A shard is a name, not a path: an index that nobody vouches for leads nowhere else. */
  private static Path shard(Path index, JsonValue name) throws ModelException {
    String text = name.asString();
    try {
      Path path = Path.of(text);
      if (path.getNameCount() == 1
          && !path.isAbsolute()
          && text.endsWith(".safetensors")
          && !text.contains("\\")) {
        return index.resolveSibling(path);
      }
    } catch (InvalidPathException e) {
      // Refused below, like any other text.
    }
    throw name.refusal("the name of a .safetensors file beside the index");
  }

  private SafetensorsFile openFile(Path file) throws IOException {
    SafetensorsFile open = SafetensorsFile.open(file);
    files.put(file, open);
    return open;
  }

  /**
   * {@return the file, or the index of the shards: what messages name where a tensor is missing}
   */
  public Path source() {
    return source;
  }

  /** {@return the file in which each tensor lies, by its name; cannot be changed} */
  public Map<String, Path> places() {
    return Collections.unmodifiableMap(places);
  }

  /**
   * What a header says of a tensor.
   *
   * @param name its name
   * @return the tensor, or null if there is none
   */
  public TensorInfo find(String name) {
    Path place = places.get(name);
    return place == null ? null : files.get(place).tensors().get(name);
  }

  /**
   * Reads consecutive elements of a tensor.
   *
   * @param tensor what {@link #find} gave, of type F32, F16 or BF16
   * @param first the index of the first element, counted row-major
   * @param count how many elements
   * @return a new array of that many floats, all finite
   * @throws io.headstream.safetensors.WeightsException if one is not finite, or the file has become
   *     shorter
   * @throws IOException if the file cannot be read
   */
  public float[] read(TensorInfo tensor, long first, int count) throws IOException {
    return files.get(places.get(tensor.name())).readFloats(tensor, first, count);
  }

  @Override
  public void close() throws IOException {
    for (SafetensorsFile file : files.values()) {
      file.close();
    }
  }
}
