package io.headstream.job.app.source;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.headstream.job.app.json.Json;
import io.headstream.job.app.json.TokenFormat;
import io.headstream.job.app.json.Utf16;
import io.headstream.job.app.json.Utf8;
import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.RawRecord;
import io.headstream.job.records.ReadRecord;
import io.headstream.job.records.Token;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Reads a token record: one JSON object, strictly. */
public final class JsonTokenParser implements TokenParser {
  private static final long serialVersionUID = 1L;

  static final int MAX_ID_CHARACTERS = 1024;

  /** What the library's messages add for its own users. */
  private static final Pattern FOR_PROGRAMMERS =
      Pattern.compile(": enable .*|: maybe a .*| \\(start marker.*|, from `[^`]*`", Pattern.DOTALL);

  private final int modelDim;
  private final boolean positionsOnArrival;
  private final boolean timestampRequired;
  private final TokenFormat format;
  private final int tableRows; // 0: no table

  /** A parser of records in the format {@link TokenFormat#DEFAULT}. */
  public JsonTokenParser(int modelDim, boolean positionsOnArrival, boolean timestampRequired) {
    this(modelDim, positionsOnArrival, timestampRequired, TokenFormat.DEFAULT);
  }

  /**
   * A parser of records.
   *
   * @param modelDim how many numbers an embedding has
   * @param positionsOnArrival whether {@code position} is ignored and the token's position is
   *     {@link Token#ON_ARRIVAL}
   * @param timestampRequired whether a record without {@code timestamp} is malformed
   * @param format what the fields are called; embeddings are read in both encodings
   */
  public JsonTokenParser(
      int modelDim, boolean positionsOnArrival, boolean timestampRequired, TokenFormat format) {
    this(modelDim, positionsOnArrival, timestampRequired, format, 0);
  }

  private JsonTokenParser(
      int modelDim,
      boolean positionsOnArrival,
      boolean timestampRequired,
      TokenFormat format,
      int tableRows) {
    this.modelDim = modelDim;
    this.positionsOnArrival = positionsOnArrival;
    this.timestampRequired = timestampRequired;
    this.format = format;
    this.tableRows = tableRows;
  }

  /**
   * This parser for a table, so that a record may have a token in place of an embedding.
   *
   * @param rows how many tokens the table has, which {@link TokenLookup} looks up
   */
  public JsonTokenParser withTable(int rows) {
    return new JsonTokenParser(modelDim, positionsOnArrival, timestampRequired, format, rows);
  }

  @Override
  public ReadRecord parse(RawRecord record) {
    try {
      return read(record);
    } catch (Rejection e) {
      return new ReadRecord(new DeadLetter(e.reason(), e.getMessage(), sequenceId(record), record));
    }
  }

  @Override
  public String sequenceId(RawRecord record) {
    return SequenceIdScan.of(record.bytes(), format.sequenceId());
  }

  private ReadRecord read(RawRecord record) throws Rejection {
    char[] text = text(record);
    try (JsonParser json = Json.FACTORY.createParser(text)) {
      JsonToken first = json.nextToken();
      if (first == null) {
        throw Rejection.malformed("record is empty");
      }
      if (first != JsonToken.START_OBJECT) {
        throw Rejection.malformed("record is " + JsonKind.of(json) + ", not an object");
      }
      Fields fields = new Fields();
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String name = json.currentName();
        json.nextToken();
        fields.read(name, json);
      }
      if (json.nextToken() != null) {
        throw Rejection.malformed("text after the object");
      }
      return fields.token(record.source());
    } catch (JsonProcessingException e) {
      String message = FOR_PROGRAMMERS.matcher(e.getOriginalMessage()).replaceAll("");
      throw Rejection.malformed("not one JSON object: " + message);
    } catch (IOException | RuntimeException e) {
      // No record may stop the job, not even one that finds an error in the JSON library.
      throw Rejection.malformed("not one JSON object: " + e);
    }
  }

  /**
   * The record's characters, without a file's byte order mark. One anywhere else is no white space,
   * and malformed.
   *
   * <p>Decoded here and not by the JSON library, which would take UTF-16 too, would not find every
   * overlong form, and does not read names that have a pair of surrogates escaped.
   */
  private static char[] text(RawRecord record) throws Rejection {
    byte[] bytes = record.bytes();
    int valid = Utf8.validBytes(bytes);
    if (valid < bytes.length) {
      throw Rejection.malformed("byte " + valid + " is not UTF-8");
    }
    int mark = record.markBytes();
    return new String(bytes, mark, bytes.length - mark, StandardCharsets.UTF_8).toCharArray();
  }

  /** The fields of one record as they are read. */
  private final class Fields {
    private String sequenceId;
    private int position = Token.ON_ARRIVAL;
    private final EmbeddingField embedding = new EmbeddingField(modelDim, format, tableRows);
    private String label;
    private Long timestamp;
    private boolean last;

    void read(String name, JsonParser json) throws IOException, Rejection {
      if (json.hasToken(JsonToken.VALUE_NULL)) {
        return;
      }
      if (name.equals(format.sequenceId())) {
        sequenceId = id(name, json);
      } else if (name.equals(format.position())) {
        if (positionsOnArrival) {
          json.skipChildren();
        } else {
          position = position(name, json);
        }
      } else if (name.equals(format.embedding())) {
        embedding.readNumbers(json);
      } else if (name.equals(format.base64Embedding())) {
        embedding.readBase64(json);
      } else if (tableRows > 0 && name.equals(format.token())) {
        embedding.readToken(json);
      } else if (name.equals(format.label())) {
        label = text(name, json);
      } else if (name.equals(format.timestamp())) {
        timestamp = timestamp(name, json);
      } else if (name.equals(format.last())) {
        last = flag(name, json);
      } else {
        json.skipChildren();
      }
    }

    ReadRecord token(String source) throws Rejection {
      if (sequenceId == null) {
        throw Rejection.malformed(format.sequenceId() + " is missing");
      }
      if (position == Token.ON_ARRIVAL && !positionsOnArrival) {
        throw Rejection.malformed(format.position() + " is missing");
      }
      if (timestamp == null && timestampRequired) {
        throw Rejection.malformed(format.timestamp() + " is missing");
      }
      float[] values = embedding.checked();
      return new ReadRecord(
          new Token(sequenceId, position, values, label, timestamp, last, source),
          embedding.tableRow());
    }
  }

  private static String id(String name, JsonParser json) throws IOException, Rejection {
    String id = text(name, json);
    if (id.isEmpty()) {
      throw Rejection.malformed(name + " is empty");
    }
    checkIdLength(name, id);
    return id;
  }

  /** Counts characters as Unicode does: one outside the basic plane is one. */
  static void checkIdLength(String name, String id) throws Rejection {
    if (id.length() > MAX_ID_CHARACTERS) {
      int characters = id.codePointCount(0, id.length());
      if (characters > MAX_ID_CHARACTERS) {
        throw Rejection.malformed(
            name + " has " + characters + " characters, at most " + MAX_ID_CHARACTERS);
      }
    }
  }

  private static String text(String name, JsonParser json) throws IOException, Rejection {
    if (!json.hasToken(JsonToken.VALUE_STRING)) {
      throw Rejection.malformed(name + " is " + JsonKind.of(json) + ", not a string");
    }
    String text = json.getText();
    int at = Utf16.unpairedSurrogate(text);
    if (at >= 0) {
      throw Rejection.malformed(
          String.format("%s has the unpaired surrogate \\u%04x", name, (int) text.charAt(at)));
    }
    return text;
  }

  private static int position(String name, JsonParser json) throws IOException, Rejection {
    boolean integer = json.hasToken(JsonToken.VALUE_NUMBER_INT);
    if (!integer || json.getNumberType() != NumberType.INT || json.getIntValue() < 0) {
      throw Rejection.malformed(
          name + " is " + JsonKind.of(json) + ", not an integer from 0 to " + Integer.MAX_VALUE);
    }
    return json.getIntValue();
  }

  private static long timestamp(String name, JsonParser json) throws IOException, Rejection {
    boolean integer = json.hasToken(JsonToken.VALUE_NUMBER_INT);
    if (!integer || json.getNumberType() == NumberType.BIG_INTEGER) {
      throw Rejection.malformed(name + " is " + JsonKind.of(json) + ", not a 64-bit integer");
    }
    return json.getLongValue();
  }

  private static boolean flag(String name, JsonParser json) throws IOException, Rejection {
    if (!json.currentToken().isBoolean()) {
      throw Rejection.malformed(name + " is " + JsonKind.of(json) + ", not true or false");
    }
    return json.getBooleanValue();
  }
}
