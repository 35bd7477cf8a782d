package io.headstream.job.app.json;

import io.headstream.job.records.AttentionMap;
import io.headstream.job.records.AttentionRecord;
import io.headstream.job.records.AttentionRow;
import java.io.IOException;
import java.io.OutputStream;

/** Attention weights of either mode as one JSON object. */
public final class AttentionRecordJson {
  private AttentionRecordJson() {}

  /**
   * Writes a record as UTF-8, without a line end, by {@link AttentionMapJson} or {@link
   * AttentionRowJson}.
   *
   * @param stream stays open
   * @throws IOException when the stream does
   */
  public static void write(AttentionRecord record, OutputStream stream) throws IOException {
    if (record instanceof AttentionMap map) {
      AttentionMapJson.write(map, stream);
    } else {
      AttentionRowJson.write((AttentionRow) record, stream);
    }
  }
}
