package io.headstream.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the JSON object of a header, token by token, and refuses what the format does not allow.
 *
 * <p>What it keeps is proportional to the bytes it has read. Whether the tensors fit the data is
 * not its matter but {@link DataLayout}'s.
 */
final class HeaderParser {
  private static final String METADATA = "__metadata__";
  private static final String TYPE = "dtype";
  private static final String SHAPE = "shape";
  private static final String OFFSETS = "data_offsets";

  /** Without Jackson's table of names, which fails on names made to collide. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
          .build();

  private final Path file;
  private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
  private JsonParser json;

  /** What is being read, for messages. */
  private String place = "the header";

  private HeaderParser(Path file) {
    this.file = file;
  }

  /**
   * Reads a header.
   *
   * @param file what messages name
   * @param header the header's bytes and no more; its first is known to be an opening brace
   * @return the tensors by name, in the header's order
   * @throws WeightsException if the header is not what the format says
   */
  static Map<String, TensorInfo> parse(Path file, InputStream header) throws IOException {
    HeaderParser parser = new HeaderParser(file);
    // A decoder of our own: the default one replaces bytes that are not UTF-8.
    Reader text = new InputStreamReader(header, StandardCharsets.UTF_8.newDecoder());
    try (JsonParser json = JSON.createParser(text)) {
      parser.json = json;
      parser.readHeader(text);
    } catch (JsonProcessingException e) {
      long character = e.getLocation() == null ? -1 : e.getLocation().getCharOffset();
      throw parser.refusal(
          "is not valid JSON at character " + character + ": " + e.getOriginalMessage(), e);
    } catch (CharacterCodingException e) {
      throw parser.refusal("is not valid UTF-8", e);
    }
    return parser.tensors;
  }

  private void readHeader(Reader text) throws IOException {
    json.nextToken();
    boolean metadataSeen = false;
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      place = TensorInfo.label(name);
      if (name.equals(METADATA)) {
        place = METADATA;
        if (metadataSeen) {
          throw refusal("is there twice", null);
        }
        metadataSeen = true;
        readMetadata();
      } else {
        if (tensors.containsKey(name)) {
          throw refusal("is there twice", null);
        }
        tensors.put(name, readTensor(name));
      }
    }
    place = "the header";
    checkNothingButSpaces(text);
  }

  private void readMetadata() throws IOException {
    expect(json.nextToken(), JsonToken.START_OBJECT, "an object of strings");
    Set<String> keys = new HashSet<>();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String key = json.currentName();
      if (!keys.add(key)) {
        throw refusal("has " + WeightsException.quote(key) + " twice", null);
      }
      expect(json.nextToken(), JsonToken.VALUE_STRING, "a string");
    }
  }

  private TensorInfo readTensor(String name) throws IOException {
    expect(
        json.nextToken(),
        JsonToken.START_OBJECT,
        "an object of " + TYPE + ", " + SHAPE + " and " + OFFSETS);
    TensorType type = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String field = json.currentName();
      switch (field) {
        case TYPE -> {
          refuseSecond(field, type);
          type = readType();
        }
        case SHAPE -> {
          refuseSecond(field, shape);
          shape = readNumbers(field);
        }
        case OFFSETS -> {
          refuseSecond(field, offsets);
          offsets = readNumbers(field);
        }
        default ->
            throw refusal(
                "has a field "
                    + WeightsException.quote(field)
                    + ", expected dtype, shape and data_offsets",
                null);
      }
    }
    refuseMissing(TYPE, type);
    refuseMissing(SHAPE, shape);
    refuseMissing(OFFSETS, offsets);
    if (offsets.size() != 2) {
      throw refusal(OFFSETS + " has " + offsets.size() + " numbers, expected 2", null);
    }
    return new TensorInfo(name, type, shape, offsets.get(0), offsets.get(1));
  }

  private TensorType readType() throws IOException {
    expect(json.nextToken(), JsonToken.VALUE_STRING, "a string as dtype");
    TensorType type = TensorType.named(json.getText());
    if (type == null) {
      throw refusal(
          "has dtype "
              + WeightsException.quote(json.getText())
              + ", expected a known one such as F32, F16 or BF16",
          null);
    }
    return type;
  }

  private List<Long> readNumbers(String field) throws IOException {
    expect(json.nextToken(), JsonToken.START_ARRAY, "an array as " + field);
    List<Long> numbers = new ArrayList<>(2);
    while (json.nextToken() != JsonToken.END_ARRAY) {
      JsonToken token = json.currentToken();
      // -0 is an integer to Jackson, and a count of nothing we know.
      if (token != JsonToken.VALUE_NUMBER_INT
          || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER
          || json.getTextCharacters()[json.getTextOffset()] == '-') {
        throw refusal(
            field
                + " has "
                + found(token)
                + ", expected integers from 0 to 9223372036854775807 (2^63 - 1)",
            null);
      }
      numbers.add(json.getLongValue());
    }
    return numbers;
  }

  /** The format pads with spaces alone, where JSON would allow line breaks too. */
  private void checkNothingButSpaces(Reader text) throws IOException {
    StringWriter buffered = new StringWriter();
    json.releaseBuffered(buffered);
    for (int i = 0; i < buffered.getBuffer().length(); i++) {
      checkSpace(buffered.getBuffer().charAt(i));
    }
    // In blocks, since a reader that is asked for one character allocates for each.
    char[] block = new char[1024];
    for (int count = text.read(block); count >= 0; count = text.read(block)) {
      for (int i = 0; i < count; i++) {
        checkSpace(block[i]);
      }
    }
  }

  private void checkSpace(char character) throws WeightsException {
    if (character != ' ') {
      throw refusal(
          "has "
              + WeightsException.quote(String.valueOf(character))
              + " after the JSON object, expected nothing but spaces",
          null);
    }
  }

  private void expect(JsonToken token, JsonToken expected, String what) throws IOException {
    if (token != expected) {
      throw refusal("has " + found(token) + ", expected " + what, null);
    }
  }

  private void refuseSecond(String field, Object first) throws WeightsException {
    if (first != null) {
      throw refusal("has " + field + " twice", null);
    }
  }

  private void refuseMissing(String field, Object value) throws WeightsException {
    if (value == null) {
      throw refusal("has no " + field, null);
    }
  }

  private String found(JsonToken token) throws IOException {
    if (token == null) {
      return "its end";
    }
    return switch (token) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "an array";
      case VALUE_STRING -> WeightsException.quote(json.getText());
      default -> RefusalText.shorten(json.getText());
    };
  }

  private WeightsException refusal(String text, Exception cause) {
    return new WeightsException(file, place + " " + text, cause);
  }
}
