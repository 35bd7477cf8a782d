package io.headstream.job.app.view;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.headstream.job.app.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** One record as it stands in a file, of either mode. */
final class WeightsRecord {
  private String sequenceId;
  private int head = -1;
  private int position = -1;
  private int[] keys; // null: sequence mode
  private List<String> labels = List.of();
  private float[] weights;
  private int rows; // 0: one flat row, as in token mode

  private WeightsRecord() {}

  /** The row of one token, as token mode writes it. */
  static WeightsRecord row(String sequenceId, int head, int position, int[] keys, float[] weights) {
    WeightsRecord record = new WeightsRecord();
    record.sequenceId = sequenceId;
    record.head = head;
    record.position = position;
    record.keys = keys;
    record.weights = weights;
    return record;
  }

  /**
   * Reads a line.
   *
   * @throws IOException with what is wrong as its message, if it is no such record
   */
  static WeightsRecord parse(byte[] line) throws IOException {
    WeightsRecord record = new WeightsRecord();
    try (JsonParser json = Json.FACTORY.createParser(line)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("no JSON object");
      }
      for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
        record.field(field, json);
      }
    }
    record.check();
    return record;
  }

  private void field(String name, JsonParser json) throws IOException {
    JsonToken token = json.nextToken();
    switch (name) {
      case "sequence_id" -> sequenceId = text(name, json, token);
      case "head" -> head = json.getIntValue();
      case "position" -> position = json.getIntValue();
      case "keys" -> keys = positions(json, token);
      case "labels" -> labels = labels(json, token);
      case "attention" -> attention(json, token);
      default -> json.skipChildren();
    }
  }

  private static String text(String name, JsonParser json, JsonToken token) throws IOException {
    if (token != JsonToken.VALUE_STRING) {
      throw new IOException(name + " is " + json.getText() + ", expected a string");
    }
    return json.getText();
  }

  private static int[] positions(JsonParser json, JsonToken token) throws IOException {
    expectArray("keys", token);
    int[] positions = new int[16];
    int count = 0;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (count == positions.length) {
        positions = Arrays.copyOf(positions, 2 * count);
      }
      positions[count++] = json.getIntValue();
    }
    return Arrays.copyOf(positions, count);
  }

  private static List<String> labels(JsonParser json, JsonToken token) throws IOException {
    expectArray("labels", token);
    List<String> labels = new ArrayList<>();
    for (JsonToken t = json.nextToken(); t != JsonToken.END_ARRAY; t = json.nextToken()) {
      labels.add(t == JsonToken.VALUE_NULL ? null : text("a label", json, t));
    }
    return Collections.unmodifiableList(labels);
  }

  private void attention(JsonParser json, JsonToken token) throws IOException {
    expectArray("attention", token);
    float[] read = new float[64];
    int count = 0;
    int depth = 1;
    while (depth > 0) {
      switch (json.nextToken()) {
        case START_ARRAY -> {
          depth++;
          rows++;
        }
        case END_ARRAY -> depth--;
        case VALUE_NULL, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
          if (count == read.length) {
            read = Arrays.copyOf(read, 2 * count);
          }
          boolean isNull = json.currentToken() == JsonToken.VALUE_NULL;
          read[count++] = isNull ? Float.NaN : json.getFloatValue();
        }
        default -> throw new IOException("attention has " + json.getText() + " among its numbers");
      }
      if (depth > 2) {
        throw new IOException("attention has arrays in its rows");
      }
    }
    weights = Arrays.copyOf(read, count);
  }

  private static void expectArray(String name, JsonToken token) throws IOException {
    if (token != JsonToken.START_ARRAY) {
      throw new IOException(name + " is no array");
    }
  }

  private void check() throws IOException {
    if (sequenceId == null || head < 0 || weights == null) {
      throw new IOException("it needs sequence_id, head and attention");
    }
    if (keys == null) {
      if ((long) rows * rows != weights.length || rows == 0) {
        throw new IOException(
            "attention has %d numbers in %d rows".formatted(weights.length, rows));
      }
      if (!labels.isEmpty() && labels.size() != rows) {
        throw new IOException("%d labels for %d tokens".formatted(labels.size(), rows));
      }
    } else if (keys.length != weights.length || rows > 0 || position < 0) {
      throw new IOException(
          "position is %d, with %d keys and %d numbers"
              .formatted(position, keys.length, weights.length));
    }
  }

  String sequenceId() {
    return sequenceId;
  }

  int head() {
    return head;
  }

  /** Whether this is one token's row, as token mode writes it, and not a whole sequence. */
  boolean isRow() {
    return keys != null;
  }

  int position() {
    return position;
  }

  int[] keys() {
    return keys;
  }

  List<String> labels() {
    return labels;
  }

  /** {@code [length, length]}, or one number for each of the keys. */
  float[] weights() {
    return weights;
  }

  /** Tokens of a whole sequence. */
  int length() {
    return rows;
  }
}
