package io.headstream.job.app.source;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;

/** Names the value that a parser stands on, for a reader of the dead letters. */
final class JsonKind {
  private JsonKind() {}

  static String of(JsonParser json) throws IOException {
    return switch (json.currentToken()) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "an array";
      case VALUE_STRING -> "a string";
      case VALUE_NULL -> "null";
      default -> Rejection.shown(json.getText());
    };
  }
}
