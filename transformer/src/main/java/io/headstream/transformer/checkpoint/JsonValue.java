package io.headstream.transformer.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import io.headstream.safetensors.RefusalText;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A value in a JSON file, which knows its place: whoever asks for another type than is there gets a
 * {@link ModelException} that names the file, the path of keys, what was found and what was
 * expected.
 *
 * <p>A key whose value is null counts as absent. Immutable.
 */
public final class JsonValue {
  private final Path file;
  private final JsonValue parent; // null at the root
  private final String step; // a key, or an index in brackets; null at the root
  private final JsonNode node;

  JsonValue(Path file, JsonValue parent, String step, JsonNode node) {
    this.file = file;
    this.parent = parent;
    this.step = step;
    this.node = node;
  }

  /** {@return the file it stands in} */
  public Path file() {
    return file;
  }

  /**
   * {@return its place in the file, such as {@code model.vocab} or {@code merges[3]}; empty for the
   * whole}
   */
  public String path() {
    Deque<String> steps = new ArrayDeque<>();
    for (JsonValue value = this; value.parent != null; value = value.parent) {
      steps.push(RefusalText.shorten(value.step));
    }
    StringBuilder path = new StringBuilder();
    for (String next : steps) {
      path.append(path.isEmpty() || next.startsWith("[") ? "" : ".").append(next);
    }
    return path.toString();
  }

  /** {@return whether it is an object} */
  public boolean isObject() {
    return node.isObject();
  }

  /** {@return whether it is an array} */
  public boolean isArray() {
    return node.isArray();
  }

  /** {@return whether it is a string} */
  public boolean isString() {
    return node.isTextual();
  }

  /** {@return whether it is an integer, written without fraction and exponent} */
  public boolean isInteger() {
    return node.isIntegralNumber();
  }

  /** {@return whether it is true or false} */
  public boolean isBoolean() {
    return node.isBoolean();
  }

  /** {@return whether it is null} */
  public boolean isNull() {
    return node.isNull();
  }

  /**
   * The value of a key that may be absent.
   *
   * @param key the key
   * @return its value, or null if the key is absent or its value is null
   * @throws ModelException if this is not an object
   */
  public JsonValue find(String key) throws ModelException {
    JsonNode value = object().get(key);
    return value == null || value.isNull() ? null : new JsonValue(file, this, key, value);
  }

  /**
   * The value of a key that has to be there.
   *
   * @param key the key
   * @return its value
   * @throws ModelException if this is not an object, or the key is absent or its value is null
   */
  public JsonValue get(String key) throws ModelException {
    JsonValue value = find(key);
    if (value == null) {
      throw new ModelException(file, label() + "has no " + RefusalText.quote(key));
    }
    return value;
  }

  /**
   * The keys of this object with their values, in the order of the file.
   *
   * @return a view; a null in the file is a value here
   * @throws ModelException if this is not an object
   */
  public Iterable<Map.Entry<String, JsonValue>> fields() throws ModelException {
    JsonNode object = object();
    return () -> {
      Iterator<Map.Entry<String, JsonNode>> fields = object.properties().iterator();
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return fields.hasNext();
        }

        @Override
        public Map.Entry<String, JsonValue> next() {
          Map.Entry<String, JsonNode> field = fields.next();
          return Map.entry(
              field.getKey(),
              new JsonValue(file, JsonValue.this, field.getKey(), field.getValue()));
        }
      };
    };
  }

  /** {@return how many fields an object or elements an array has; 0 for anything else} */
  public int size() {
    return node.size();
  }

  /**
   * The elements of this array.
   *
   * @return a view
   * @throws ModelException if this is not an array
   */
  public List<JsonValue> elements() throws ModelException {
    if (!node.isArray()) {
      throw refusal("an array");
    }
    return new AbstractList<>() {
      @Override
      public JsonValue get(int index) {
        JsonNode element = node.get(Objects.checkIndex(index, node.size()));
        return new JsonValue(file, JsonValue.this, "[" + index + "]", element);
      }

      @Override
      public int size() {
        return node.size();
      }
    };
  }

  /**
   * This string.
   *
   * @return its characters
   * @throws ModelException if this is not a string
   */
  public String asString() throws ModelException {
    if (!node.isTextual()) {
      throw refusal("a string");
    }
    return node.textValue();
  }

  /**
   * This truth value.
   *
   * @return true or false
   * @throws ModelException if this is neither
   */
  public boolean asBoolean() throws ModelException {
    if (!node.isBoolean()) {
      throw refusal("true or false");
    }
    return node.booleanValue();
  }

  /**
   * This integer.
   *
   * @param least the smallest that is expected
   * @param most the largest that is expected
   * @return the integer
   * @throws ModelException if this is not an integer, or not in the range
   */
  public int asInt(int least, int most) throws ModelException {
    if (!node.isIntegralNumber()
        || !node.canConvertToInt()
        || node.intValue() < least
        || node.intValue() > most) {
      throw refusal(
          most == Integer.MAX_VALUE
              ? "an integer of at least " + least
              : "an integer from " + least + " to " + most);
    }
    return node.intValue();
  }

  /**
   * This number.
   *
   * @return the double nearest to it
   * @throws ModelException if this is not a number, or too large for a double
   */
  public double asDouble() throws ModelException {
    if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
      throw refusal("a number");
    }
    return node.doubleValue();
  }

  /**
   * This number, above zero.
   *
   * @return the float nearest to it
   * @throws ModelException if this is not a number, or not one that is finite and above 0 as a
   *     float
   */
  public float asPositiveFloat() throws ModelException {
    float value = node.isNumber() ? (float) node.doubleValue() : Float.NaN;
    if (!(value > 0 && Float.isFinite(value))) {
      throw refusal("a number above 0");
    }
    return value;
  }

  /**
   * The integer of a key.
   *
   * @param key the key
   * @param least the smallest that is expected
   * @param most the largest that is expected
   * @return the integer
   * @throws ModelException if the key is absent, or its value not such an integer
   */
  public int getInt(String key, int least, int most) throws ModelException {
    return get(key).asInt(least, most);
  }

  /**
   * The integer of a key that may be absent.
   *
   * @param key the key
   * @param least the smallest that is expected
   * @param most the largest that is expected
   * @param otherwise what holds if the key is absent
   * @return the integer
   * @throws ModelException if there is a value that is not such an integer
   */
  public int findInt(String key, int least, int most, int otherwise) throws ModelException {
    JsonValue value = find(key);
    return value == null ? otherwise : value.asInt(least, most);
  }

  /**
   * The truth value of a key that may be absent.
   *
   * @param key the key
   * @param otherwise what holds if the key is absent
   * @return the truth value
   * @throws ModelException if there is a value that is neither true nor false
   */
  public boolean findBoolean(String key, boolean otherwise) throws ModelException {
    JsonValue value = find(key);
    return value == null ? otherwise : value.asBoolean();
  }

  /**
   * The string of a key that may be absent.
   *
   * @param key the key
   * @param otherwise what holds if the key is absent
   * @return the string
   * @throws ModelException if there is a value that is not a string
   */
  public String findString(String key, String otherwise) throws ModelException {
    JsonValue value = find(key);
    return value == null ? otherwise : value.asString();
  }

  /**
   * The number of a key that may be absent.
   *
   * @param key the key
   * @param otherwise what holds if the key is absent
   * @return the float nearest to it
   * @throws ModelException if there is a value that is not a number above 0
   */
  public float findPositiveFloat(String key, float otherwise) throws ModelException {
    JsonValue value = find(key);
    return value == null ? otherwise : value.asPositiveFloat();
  }

  /**
   * The refusal of this value.
   *
   * @param expected what was expected in its place
   * @return an exception that names the file, the path, this value and what was expected
   */
  public ModelException refusal(String expected) {
    return new ModelException(file, label() + "is " + found() + ", expected " + expected);
  }

  private String label() {
    return parent == null ? "" : path() + " ";
  }

  private String found() {
    return switch (node.getNodeType()) {
      case OBJECT -> "an object";
      case ARRAY -> "an array";
      case STRING -> RefusalText.quote(node.textValue());
      default -> RefusalText.shorten(node.asText());
    };
  }

  private JsonNode object() throws ModelException {
    if (!node.isObject()) {
      throw refusal("an object");
    }
    return node;
  }
}
