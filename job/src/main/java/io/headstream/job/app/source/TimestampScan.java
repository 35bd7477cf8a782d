package io.headstream.job.app.source;

import com.fasterxml.jackson.core.JsonParser;
import io.headstream.job.app.json.Json;
import io.headstream.job.records.RawRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Finds the timestamp of a record without parsing it, for the watermark of the split that it comes
 * from. The watermark has to follow splits, which only the source knows, and tokens are parsed
 * behind it; to look through the bytes costs a twentieth of parsing them twice.
 *
 * <p>Of a record that is no JSON object anything may be found: whether it can be used is not
 * decided here.
 */
final class TimestampScan {
  /** Of a record without a timestamp. */
  static final long NONE = Long.MIN_VALUE;

  private final byte[] name;
  private byte[] bytes;
  private int at;

  /** A scan for a field of the object itself, not of one inside it. */
  TimestampScan(String field) {
    name = field.getBytes(StandardCharsets.UTF_8);
  }

  /** The timestamp in milliseconds, or {@link #NONE}. */
  long timestamp(RawRecord record) {
    bytes = record.bytes();
    int depth = 0;
    for (at = record.markBytes(); at < bytes.length; at++) {
      switch (bytes[at]) {
        case '{', '[' -> depth++;
        case '}', ']' -> depth--;
        case '"' -> {
          int begin = at + 1;
          boolean escapes = skipString();
          if (depth == 1 && isName(begin, at, escapes) && valueFollows()) {
            return number();
          }
        }
        default -> {
          // Numbers, words and white space have nothing to look for.
        }
      }
    }
    return NONE;
  }

  /** Goes to the closing quote; whether anything is escaped before it. */
  private boolean skipString() {
    boolean escapes = false;
    for (at++; at < bytes.length && bytes[at] != '"'; at++) {
      if (bytes[at] == '\\') {
        escapes = true;
        at++;
      }
    }
    return escapes;
  }

  private boolean isName(int begin, int end, boolean escapes) {
    if (end >= bytes.length) {
      return false;
    }
    return escapes
        ? Arrays.equals(unescaped(begin - 1, end + 1), name)
        : Arrays.equals(bytes, begin, end, name, 0, name.length);
  }

  private byte[] unescaped(int begin, int end) {
    try (JsonParser json = Json.FACTORY.createParser(bytes, begin, end - begin)) {
      json.nextToken();
      return json.getText().getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      return new byte[0]; // which is no field's name
    }
  }

  /** Goes behind the colon, where there is one. */
  private boolean valueFollows() {
    int colon = skipSpace(at + 1);
    if (colon == bytes.length || bytes[colon] != ':') {
      return false;
    }
    at = skipSpace(colon + 1);
    return true;
  }

  private int skipSpace(int from) {
    int i = from;
    while (i < bytes.length && bytes[i] <= ' ' && bytes[i] >= 0) {
      i++;
    }
    return i;
  }

  private long number() {
    int end = at;
    while (end < bytes.length && (bytes[end] == '-' || bytes[end] >= '0' && bytes[end] <= '9')) {
      end++;
    }
    try {
      return Long.parseLong(new String(bytes, at, end - at, StandardCharsets.ISO_8859_1));
    } catch (NumberFormatException e) {
      return NONE;
    }
  }
}
