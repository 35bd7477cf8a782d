package io.headstream.benchmarks.job;

import io.headstream.job.records.Token;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** Throws the answers away and tells the {@link Meter}. */
final class MeasuredSink implements Sink<Token> {
  private static final long serialVersionUID = 1L;

  @Override
  public SinkWriter<Token> createWriter(WriterInitContext context) {
    return new Writer();
  }

  private static final class Writer implements SinkWriter<Token> {
    @Override
    public void write(Token token, Context context) {
      if (token.last()) {
        Meter.arrived(Integer.parseInt(token.sequenceId()), token.position() + 1);
      }
    }

    @Override
    public void flush(boolean endOfInput) {}

    @Override
    public void close() {}
  }
}
