package io.headstream.benchmarks.job;

import java.io.IOException;
import java.io.OutputStream;
import org.apache.flink.api.common.serialization.Encoder;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** Writes records as into a file, which throws the bytes away, so that no disk is measured. */
final class EncodingSink<T> implements Sink<T> {
  private static final long serialVersionUID = 1L;

  private final Encoder<T> encoder;

  EncodingSink(Encoder<T> encoder) {
    this.encoder = encoder;
  }

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) {
    return new Writer<>(encoder);
  }

  private record Writer<T>(Encoder<T> encoder) implements SinkWriter<T> {
    @Override
    public void write(T record, Context context) throws IOException {
      encoder.encode(record, OutputStream.nullOutputStream());
    }

    @Override
    public void flush(boolean endOfInput) {}

    @Override
    public void close() {}
  }
}
