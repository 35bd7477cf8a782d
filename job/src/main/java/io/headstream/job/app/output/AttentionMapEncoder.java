package io.headstream.job.app.output;

import io.headstream.job.app.json.AttentionMapJson;
import io.headstream.job.records.AttentionMap;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.flink.api.common.serialization.Encoder;

/** Writes each attention map as a line of JSON, row by row. */
public final class AttentionMapEncoder implements Encoder<AttentionMap> {
  @Override
  public void encode(AttentionMap map, OutputStream stream) throws IOException {
    AttentionMapJson.write(map, stream);
    stream.write('\n');
  }
}
