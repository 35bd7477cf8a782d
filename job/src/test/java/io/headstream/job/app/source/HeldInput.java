package io.headstream.job.app.source;

import io.headstream.job.records.ReadRecord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.connector.source.Source;

/** Lines that a test writes while the job reads them; the job goes on until they are closed. */
public final class HeldInput implements AutoCloseable {
  private static final Map<String, Pipe> PIPES = new ConcurrentHashMap<>();

  private final String name;
  private final Pipe pipe;

  public HeldInput(String name) throws IOException {
    this.name = name;
    pipe = Pipe.open();
    PIPES.put(name, pipe);
  }

  public Source<ReadRecord, ?, ?> source(TokenParser parser) {
    return source(name, parser);
  }

  private static Source<ReadRecord, ?, ?> source(String name, TokenParser parser) {
    return new StdinSource(() -> open(name), new RecordReader(parser, 1 << 20));
  }

  private static InputStream open(String name) {
    return Channels.newInputStream(PIPES.get(name).source());
  }

  public void write(String line) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      pipe.sink().write(bytes);
    }
  }

  @Override
  public void close() throws IOException {
    pipe.sink().close();
  }
}
