package io.headstream.job.app.output;

import io.headstream.job.app.json.TokenFormat;
import io.headstream.job.app.json.TokenJson;
import io.headstream.job.records.Token;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.flink.api.common.serialization.Encoder;

/** Writes each token as a line of JSON. */
public final class TokenEncoder implements Encoder<Token> {
  private final TokenFormat format;

  /** An encoder of {@link TokenFormat#DEFAULT}. */
  public TokenEncoder() {
    this(TokenFormat.DEFAULT);
  }

  /** An encoder of a format. */
  public TokenEncoder(TokenFormat format) {
    this.format = format;
  }

  @Override
  public void encode(Token token, OutputStream stream) throws IOException {
    stream.write(TokenJson.bytes(token, format));
    stream.write('\n');
  }
}
