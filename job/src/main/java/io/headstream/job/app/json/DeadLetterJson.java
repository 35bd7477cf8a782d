package io.headstream.job.app.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A dead letter as one JSON object. */
public final class DeadLetterJson {
  private DeadLetterJson() {}

  /**
   * The dead letter as UTF-8, without a line end.
   *
   * <p>The record is a string in {@code record}, or base64 in {@code record_base64} when its bytes
   * are not UTF-8. Only the beginning of one that was too large is there, cut back to a character's
   * boundary, beside its size in {@code record_bytes}. Never fails: an unpaired surrogate is
   * written as U+FFFD.
   */
  public static byte[] bytes(DeadLetter letter) {
    return Json.object(160 + letter.record().length, json -> writeFields(letter, json));
  }

  private static void writeFields(DeadLetter letter, JsonGenerator json) throws IOException {
    byte[] record = letter.record();
    json.writeStringField("reason", letter.reason().name());
    json.writeStringField("detail", Utf16.repaired(letter.detail()));
    json.writeStringField("source", Utf16.repaired(letter.source()));
    int textBytes = Utf8.validBytes(record);
    boolean cutInCharacter =
        letter.recordBytes() > record.length && Utf8.endsInsideCharacter(record, textBytes);
    if (textBytes == record.length || cutInCharacter) {
      json.writeStringField("record", new String(record, 0, textBytes, StandardCharsets.UTF_8));
    } else {
      json.writeStringField("record_base64", Base64.getEncoder().encodeToString(record));
    }
    if (letter.reason() == Reason.TOO_LARGE) {
      json.writeNumberField("record_bytes", letter.recordBytes());
    }
  }
}
