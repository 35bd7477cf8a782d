package io.headstream.job.app.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.headstream.job.observe.WeightRows;
import io.headstream.job.records.AttentionMap;
import java.io.IOException;
import java.io.OutputStream;

/** An attention map as one JSON object. */
public final class AttentionMapJson {
  private AttentionMapJson() {}

  /**
   * Writes the map as UTF-8, without a line end: {@code attention} is an array of rows, one a
   * query, of one number a key. The rows are made as they are written, so that the whole is never
   * in memory.
   *
   * <p>Numbers have the fewest digits that read back to the same float; 0 and 1 are written so, a
   * weight that is not finite as null. An unpaired surrogate is written as U+FFFD.
   *
   * @param map the map
   * @param stream stays open
   * @throws IOException when the stream does
   */
  public static void write(AttentionMap map, OutputStream stream) throws IOException {
    Json.object(stream, json -> writeFields(map, json));
  }

  private static void writeFields(AttentionMap map, JsonGenerator json) throws IOException {
    json.writeStringField("sequence_id", Utf16.repaired(map.sequenceId()));
    json.writeNumberField("head", map.head());
    if (!map.labels().isEmpty()) {
      json.writeArrayFieldStart("labels");
      for (String label : map.labels()) {
        json.writeString(label == null ? null : Utf16.repaired(label));
      }
      json.writeEndArray();
    }
    WeightText text = new WeightText();
    json.writeArrayFieldStart("attention");
    WeightRows.forEach(
        map, (query, weights, offset) -> text.writeArray(weights, offset, map.length(), json));
    json.writeEndArray();
  }
}
