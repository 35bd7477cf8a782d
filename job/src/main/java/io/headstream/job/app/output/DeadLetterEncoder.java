package io.headstream.job.app.output;

import io.headstream.job.app.json.DeadLetterJson;
import io.headstream.job.records.DeadLetter;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.flink.api.common.serialization.Encoder;

/** Writes each dead letter as a line of JSON. */
public final class DeadLetterEncoder implements Encoder<DeadLetter> {
  @Override
  public void encode(DeadLetter letter, OutputStream stream) throws IOException {
    stream.write(DeadLetterJson.bytes(letter));
    stream.write('\n');
  }
}
