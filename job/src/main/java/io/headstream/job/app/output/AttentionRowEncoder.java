package io.headstream.job.app.output;

import io.headstream.job.app.json.AttentionRowJson;
import io.headstream.job.records.AttentionRow;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.flink.api.common.serialization.Encoder;

/** Writes each attention row as a line of JSON. */
public final class AttentionRowEncoder implements Encoder<AttentionRow> {
  @Override
  public void encode(AttentionRow row, OutputStream stream) throws IOException {
    AttentionRowJson.write(row, stream);
    stream.write('\n');
  }
}
