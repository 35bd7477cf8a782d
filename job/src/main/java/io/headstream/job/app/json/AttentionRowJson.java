package io.headstream.job.app.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.headstream.job.records.AttentionRow;
import java.io.IOException;
import java.io.OutputStream;

/** An attention row as one JSON object. */
public final class AttentionRowJson {
  private AttentionRowJson() {}

  /**
   * Writes the row as UTF-8, without a line end: {@code keys} has the positions that the token saw,
   * {@code attention} a number for each, in the form of {@link AttentionMapJson}.
   *
   * @param row the row
   * @param stream stays open
   * @throws IOException when the stream does
   */
  public static void write(AttentionRow row, OutputStream stream) throws IOException {
    Json.object(stream, json -> writeFields(row, json));
  }

  private static void writeFields(AttentionRow row, JsonGenerator json) throws IOException {
    json.writeStringField("sequence_id", Utf16.repaired(row.sequenceId()));
    json.writeNumberField("head", row.head());
    json.writeNumberField("position", row.position());
    WeightText text = new WeightText();
    json.writeFieldName("keys");
    text.writeKeys(row, json);
    json.writeFieldName("attention");
    text.writeArray(row.weights(), 0, row.weights().length, json);
  }
}
