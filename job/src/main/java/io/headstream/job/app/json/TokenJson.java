package io.headstream.job.app.json;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonGenerator;
import io.headstream.job.records.Token;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A token as one JSON object, the form in which tokens come in and go out. */
public final class TokenJson {
  private TokenJson() {}

  /** The token in the format {@link TokenFormat#DEFAULT}. */
  public static byte[] bytes(Token token) {
    return bytes(token, TokenFormat.DEFAULT);
  }

  /**
   * The token as UTF-8, without a line end.
   *
   * <p>Floats have the fewest digits that read back to the same float, or are base64 of their bits.
   * {@code label} and {@code timestamp} are written where they are not null, {@code last} where it
   * is true, {@code position} unless it is {@link Token#ON_ARRIVAL}. Never fails: an unpaired
   * surrogate is written as U+FFFD, a number that is not finite as a string.
   */
  public static byte[] bytes(Token token, TokenFormat format) {
    int bytesPerFloat = format.encoding() == FloatEncoding.F32 ? 6 : 12;
    return Json.object(
        96 + bytesPerFloat * token.embedding().length, json -> writeFields(token, format, json));
  }

  private static void writeFields(Token token, TokenFormat format, JsonGenerator json)
      throws IOException {
    json.writeStringField(format.sequenceId(), Utf16.repaired(token.sequenceId()));
    if (token.position() != Token.ON_ARRIVAL) {
      json.writeNumberField(format.position(), token.position());
    }
    if (format.encoding() == FloatEncoding.F32) {
      writeBase64(token.embedding(), format, json);
    } else {
      json.writeArrayFieldStart(format.embedding());
      for (float value : token.embedding()) {
        json.writeNumber(value);
      }
      json.writeEndArray();
    }
    if (token.label() != null) {
      json.writeStringField(format.label(), Utf16.repaired(token.label()));
    }
    if (token.timestamp() != null) {
      json.writeNumberField(format.timestamp(), token.timestamp());
    }
    if (token.last()) {
      json.writeBooleanField(format.last(), true);
    }
  }

  private static void writeBase64(float[] values, TokenFormat format, JsonGenerator json)
      throws IOException {
    byte[] bytes = new byte[values.length * Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
    json.writeFieldName(format.base64Embedding());
    json.writeBinary(Base64Variants.MIME_NO_LINEFEEDS, bytes, 0, bytes.length);
  }
}
