package io.headstream.benchmarks.job;

import io.headstream.job.records.Token;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** Throws the answers away and tells the {@link Meter}. */
final class MeasuredSink implements Sink<Token> {
  private static final long serialVersionUID = 1L;

  private final boolean eachToken;

  /**
   * A sink.
   *
   * @param eachToken whether each token counts, and not only a sequence's last
   */
  MeasuredSink(boolean eachToken) {
    this.eachToken = eachToken;
  }

  @Override
  public SinkWriter<Token> createWriter(WriterInitContext context) {
    return new Writer(eachToken);
  }

  private record Writer(boolean eachToken) implements SinkWriter<Token> {
    @Override
    public void write(Token token, Context context) {
      if (eachToken) {
        Meter.arrived(Integer.parseInt(token.sequenceId()), 1);
      } else if (token.last()) {
        Meter.arrived(Integer.parseInt(token.sequenceId()), token.position() + 1);
      }
    }

    @Override
    public void flush(boolean endOfInput) {}

    @Override
    public void close() {}
  }
}
