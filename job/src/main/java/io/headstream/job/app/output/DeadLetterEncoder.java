package io.headstream.job.app.output;

import io.headstream.job.app.json.DeadLetterJson;
import io.headstream.job.app.json.TokenFormat;
import io.headstream.job.records.DeadLetter;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.flink.api.common.serialization.Encoder;

/** Writes each dead letter as a line of JSON. */
public final class DeadLetterEncoder implements Encoder<DeadLetter> {
  private static final long serialVersionUID = 1L;

  private final TokenFormat format;

  /** An encoder that writes tokens in a format. */
  public DeadLetterEncoder(TokenFormat format) {
    this.format = format;
  }

  @Override
  public void encode(DeadLetter letter, OutputStream stream) throws IOException {
    stream.write(DeadLetterJson.bytes(letter, format));
    stream.write('\n');
  }
}
