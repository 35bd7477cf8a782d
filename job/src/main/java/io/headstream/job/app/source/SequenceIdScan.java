package io.headstream.job.app.source;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.headstream.job.app.json.Json;
import java.io.IOException;

/** Finds the sequence ID in a record that cannot be used, which may be cut or no JSON at all. */
final class SequenceIdScan {
  private SequenceIdScan() {}

  /** The ID, as far as it can be read, or null. */
  static String of(byte[] record, String field) {
    try (JsonParser json = Json.FACTORY.createParser(record)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean id = json.currentName().equals(field);
        if (json.nextToken() == JsonToken.VALUE_STRING && id) {
          String sequenceId = json.getText();
          return isId(sequenceId) ? sequenceId : null;
        }
        json.skipChildren();
      }
      return null;
    } catch (IOException | RuntimeException e) {
      // What cannot be read has no ID; that is why it is a dead letter.
      return null;
    }
  }

  private static boolean isId(String text) {
    return !text.isEmpty()
        && text.codePointCount(0, text.length()) <= JsonTokenParser.MAX_ID_CHARACTERS;
  }
}
