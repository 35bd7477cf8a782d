package io.headstream.job.output;

import io.headstream.job.json.TokenJson;
import io.headstream.job.records.Token;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.flink.api.common.serialization.Encoder;

/** Writes each token as a line of JSON. */
public final class TokenEncoder implements Encoder<Token> {
  @Override
  public void encode(Token token, OutputStream stream) throws IOException {
    stream.write(TokenJson.bytes(token));
    stream.write('\n');
  }
}
