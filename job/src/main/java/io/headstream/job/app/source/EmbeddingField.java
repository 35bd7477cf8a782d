package io.headstream.job.app.source;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonToken;
import io.headstream.job.app.json.TokenFormat;
import io.headstream.job.records.ReadRecord;
import io.headstream.job.records.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The embedding of one record, as numbers, as base64, or as an index into an embedding table.
 *
 * <p>Reading tells only what is malformed. Count and values are judged in {@link #checked()}, once
 * the whole record has been read, because a record that is malformed anywhere is nothing else.
 */
final class EmbeddingField {
  private static final float[] NONE = new float[0];

  private final int modelDim;
  private final TokenFormat format;
  private final int tableRows; // 0: no table
  private String name; // of the field that was read
  private float[] values;
  private int count;
  private String notFinite;
  private int tableRow = ReadRecord.NO_ROW;

  EmbeddingField(int modelDim, TokenFormat format, int tableRows) {
    this.modelDim = modelDim;
    this.format = format;
    this.tableRows = tableRows;
  }

  /** Reads an array of numbers; the parser stands on the field's value. */
  void readNumbers(JsonParser json) throws IOException, Rejection {
    begin(format.embedding());
    values = new float[modelDim];
    if (!json.hasToken(JsonToken.START_ARRAY)) {
      throw Rejection.malformed(name + " is " + JsonKind.of(json) + ", not an array");
    }
    for (JsonToken t = json.nextToken(); t != JsonToken.END_ARRAY; t = json.nextToken()) {
      if (!t.isNumeric()) {
        throw Rejection.malformed(
            name + "[" + count + "] is " + JsonKind.of(json) + ", not a number");
      }
      float value =
          FloatText.parse(json.getTextCharacters(), json.getTextOffset(), json.getTextLength());
      if (!Float.isFinite(value) && notFinite == null) {
        notFinite = Rejection.shown(json.getText());
        notFinite = name + "[" + count + "] is " + notFinite + ", not finite as float32";
      }
      add(value);
    }
  }

  /** Reads base64 of little-endian float32; the parser stands on the field's value. */
  void readBase64(JsonParser json) throws IOException, Rejection {
    begin(format.base64Embedding());
    values = new float[modelDim];
    if (!json.hasToken(JsonToken.VALUE_STRING)) {
      throw Rejection.malformed(name + " is " + JsonKind.of(json) + ", not a string");
    }
    byte[] text = json.getText().getBytes(StandardCharsets.ISO_8859_1);
    if (text.length % 4 != 0) {
      throw Rejection.malformed(
          name + " has " + text.length + " characters of base64, not a multiple of 4");
    }
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw Rejection.malformed(name + " is not base64: " + e.getMessage());
    }
    if (bytes.length % Float.BYTES != 0) {
      throw Rejection.malformed(
          name + " has " + bytes.length + " bytes, not a multiple of " + Float.BYTES);
    }
    ByteBuffer floats = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (floats.hasRemaining()) {
      float value = floats.getFloat();
      if (!Float.isFinite(value) && notFinite == null) {
        notFinite = name + "[" + count + "] is " + value;
      }
      add(value);
    }
  }

  /** Reads an index into the table; the parser stands on the field's value. */
  void readToken(JsonParser json) throws IOException, Rejection {
    begin(format.token());
    boolean integer = json.hasToken(JsonToken.VALUE_NUMBER_INT);
    if (!integer || json.getNumberType() != NumberType.INT || outside(json.getIntValue())) {
      throw Rejection.malformed(
          name
              + " is "
              + JsonKind.of(json)
              + ", not an integer from 0 to "
              + (tableRows - 1)
              + ", the last of the embedding table");
    }
    tableRow = json.getIntValue();
  }

  private boolean outside(int index) {
    return index < 0 || index >= tableRows;
  }

  /** Where in the table the embedding is, or {@link ReadRecord#NO_ROW}. */
  int tableRow() {
    return tableRow;
  }

  /** The embedding, when it has model-dim finite numbers; empty where the table has it. */
  float[] checked() throws Rejection {
    if (name == null) {
      throw Rejection.malformed(
          tableRows == 0
              ? "neither " + format.embedding() + " nor " + format.base64Embedding()
              : "none of %s, %s and %s"
                  .formatted(format.token(), format.embedding(), format.base64Embedding()));
    }
    if (tableRow != ReadRecord.NO_ROW) {
      return NONE;
    }
    if (count != modelDim) {
      throw new Rejection(
          Reason.WRONG_DIMENSION, name + " has " + count + " numbers, model-dim is " + modelDim);
    }
    if (notFinite != null) {
      throw new Rejection(Reason.NOT_FINITE, notFinite);
    }
    return values;
  }

  private void begin(String field) throws Rejection {
    if (name != null) {
      boolean base64First = name.equals(format.base64Embedding());
      throw Rejection.malformed(
          base64First ? "both " + field + " and " + name : "both " + name + " and " + field);
    }
    name = field;
  }

  /** What is beyond model-dim is counted, not kept. */
  private void add(float value) {
    if (count < modelDim) {
      values[count] = value;
    }
    count++;
  }
}
