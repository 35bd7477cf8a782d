package io.headstream.transformer.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads a JSON file of a checkpoint folder: UTF-8, one object or array, no key twice in an object,
 * no more bytes and no deeper nested than a bound, nothing behind it.
 */
public final class JsonFile {
  private static final int DEEPEST = 64;

  private JsonFile() {}

  /**
   * Reads a file.
   *
   * @param file a regular file
   * @param mostBytes how long it may be
   * @return its object
   * @throws ModelException if there is no such file, it cannot be opened, is longer, or is not such
   *     JSON
   * @throws IOException if it cannot be read
   */
  public static JsonValue read(Path file, int mostBytes) throws IOException {
    JsonNode root = tree(file, mostBytes);
    if (root == null || !root.isObject()) {
      throw new ModelException(
          file, root == null ? "is empty, expected a JSON object" : "is not a JSON object");
    }
    return new JsonValue(file, null, null, root);
  }

  /**
   * Reads a file that is one array.
   *
   * @param file a regular file
   * @param mostBytes how long it may be
   * @return the elements of its array
   * @throws ModelException if there is no such file, it cannot be opened, is longer, or is not such
   *     JSON
   * @throws IOException if it cannot be read
   */
  public static List<JsonValue> readArray(Path file, int mostBytes) throws IOException {
    JsonNode root = tree(file, mostBytes);
    if (root == null || !root.isArray()) {
      throw new ModelException(
          file, root == null ? "is empty, expected a JSON array" : "is not a JSON array");
    }
    return new JsonValue(file, null, null, root).elements();
  }

  /** The whole file, or null if there is nothing in it. */
  private static JsonNode tree(Path file, int mostBytes) throws IOException {
    byte[] bytes = bytes(file, mostBytes);
    // A decoder of our own: the default one replaces bytes that are not UTF-8.
    Reader text =
        new InputStreamReader(new ByteArrayInputStream(bytes), StandardCharsets.UTF_8.newDecoder());
    JsonNode root;
    try (JsonParser json = factory(mostBytes).createParser(text)) {
      root = new ObjectMapper().readTree(json);
      if (root != null && json.nextToken() != null) {
        throw new ModelException(file, "has more behind its JSON value, expected nothing");
      }
    } catch (JsonProcessingException e) {
      long character = e.getLocation() == null ? -1 : e.getLocation().getCharOffset();
      throw new ModelException(
          file, "is not valid JSON at character " + character + ": " + e.getOriginalMessage(), e);
    } catch (CharacterCodingException e) {
      throw new ModelException(file, "is not valid UTF-8", e);
    }
    return root == null || root.isMissingNode() ? null : root;
  }

  /** Without Jackson's table of names, which fails on names made to collide. */
  private static JsonFactory factory(int mostBytes) {
    return JsonFactory.builder()
        .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(DEEPEST)
                .maxStringLength(mostBytes)
                .maxNameLength(mostBytes)
                .build())
        .build();
  }

  private static byte[] bytes(Path file, int mostBytes) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new ModelException(file, "is a folder or device, expected a file");
    }
    try (InputStream stream = Files.newInputStream(file)) {
      long size = Files.size(file);
      if (size > mostBytes) {
        throw new ModelException(file, "has " + size + " bytes, expected at most " + mostBytes);
      }
      return stream.readNBytes((int) size);
    } catch (NoSuchFileException e) {
      throw new ModelException(file, "no such file", e);
    } catch (FileSystemException e) {
      throw new ModelException(file, "cannot be opened: " + e.getClass().getSimpleName(), e);
    }
  }
}
