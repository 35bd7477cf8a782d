package io.headstream.job.app.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.RawRecord;
import io.headstream.job.records.Reason;
import io.headstream.job.records.Token;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A dead letter as one JSON object. */
public final class DeadLetterJson {
  private DeadLetterJson() {}

  /**
   * The dead letter as UTF-8, without a line end.
   *
   * <p>A token is written in the format in which tokens come in, so that who mends one can send it
   * in again. The record is a string in {@code record}, or base64 in {@code record_base64} when its
   * bytes are not UTF-8. Only the beginning of one that was too large is there, cut back to a
   * character's boundary, beside its size in {@code record_bytes}. Never fails: an unpaired
   * surrogate is written as U+FFFD.
   */
  public static byte[] bytes(DeadLetter letter, TokenFormat format) {
    RawRecord record = record(letter, format);
    return Json.object(160 + record.bytes().length, json -> writeFields(letter, record, json));
  }

  /** The record in it as it goes out: as it was read, or the token as Headstream writes it. */
  public static RawRecord record(DeadLetter letter, TokenFormat format) {
    if (letter.record() instanceof Token token) {
      byte[] bytes = TokenJson.bytes(token, format);
      return new RawRecord(bytes, token.source(), bytes.length);
    }
    return (RawRecord) letter.record();
  }

  private static void writeFields(DeadLetter letter, RawRecord record, JsonGenerator json)
      throws IOException {
    byte[] bytes = record.bytes();
    json.writeStringField("reason", letter.reason().name());
    json.writeStringField("detail", Utf16.repaired(letter.detail()));
    json.writeStringField("source", Utf16.repaired(letter.source()));
    int textBytes = Utf8.validBytes(bytes);
    boolean cutInCharacter = record.tooLarge() && Utf8.endsInsideCharacter(bytes, textBytes);
    if (textBytes == bytes.length || cutInCharacter) {
      json.writeStringField("record", new String(bytes, 0, textBytes, StandardCharsets.UTF_8));
    } else {
      json.writeStringField("record_base64", Base64.getEncoder().encodeToString(bytes));
    }
    if (letter.reason() == Reason.TOO_LARGE) {
      json.writeNumberField("record_bytes", record.sizeBytes());
    }
  }
}
