package io.headstream.job.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.headstream.job.records.Token;
import java.io.IOException;

/** A token as one JSON object, the form in which tokens come in and go out. */
public final class TokenJson {
  private TokenJson() {}

  /**
   * The token as UTF-8, without a line end.
   *
   * <p>Floats have the fewest digits that read back to the same float. {@code label} and {@code
   * timestamp} are written where they are not null, {@code last} where it is true, {@code position}
   * unless it is {@link Token#ON_ARRIVAL}. Never fails: an unpaired surrogate is written as U+FFFD,
   * a number that is not finite as a string.
   */
  public static byte[] bytes(Token token) {
    return Json.object(96 + 12 * token.embedding().length, json -> writeFields(token, json));
  }

  private static void writeFields(Token token, JsonGenerator json) throws IOException {
    json.writeStringField("sequence_id", Utf16.repaired(token.sequenceId()));
    if (token.position() != Token.ON_ARRIVAL) {
      json.writeNumberField("position", token.position());
    }
    json.writeArrayFieldStart("embedding");
    for (float value : token.embedding()) {
      json.writeNumber(value);
    }
    json.writeEndArray();
    if (token.label() != null) {
      json.writeStringField("label", Utf16.repaired(token.label()));
    }
    if (token.timestamp() != null) {
      json.writeNumberField("timestamp", token.timestamp());
    }
    if (token.last()) {
      json.writeBooleanField("last", true);
    }
  }
}
