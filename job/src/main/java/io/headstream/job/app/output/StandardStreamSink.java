package io.headstream.job.app.output;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.common.serialization.Encoder;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.util.function.SerializableSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes lines to a standard stream of this JVM, for embedded Flink.
 *
 * <p>Lines of parallel writers are never mixed. What one record gave rise to appears at once; where
 * many records come, each line appears within {@value #GATHER_MILLIS} ms. After a restart of the
 * job lines would come twice, so a job that writes here should not restart.
 *
 * @param <T> what is written
 */
public final class StandardStreamSink<T> implements Sink<T> {
  private static final Logger LOG = LoggerFactory.getLogger(StandardStreamSink.class);
  private static final int BUFFER_BYTES = 1 << 16;

  /** For how long lines that come one upon the other are gathered, to spare system calls. */
  private static final long GATHER_MILLIS = 1;

  // Not System.out: a PrintStream hides that nobody reads any more.
  private static final OutputStream STDOUT = new FileOutputStream(FileDescriptor.out);
  private static final OutputStream STDERR = new FileOutputStream(FileDescriptor.err);

  private final String name;
  private final Encoder<T> encoder;
  private final SerializableSupplier<OutputStream> stream;

  /**
   * A sink to a stream of the caller's own.
   *
   * @param name what the stream is called where it cannot be written to
   * @param encoder writes one record as a line, with the line's end
   * @param stream gives the same stream to every writer, which locks it while it writes
   */
  public StandardStreamSink(
      String name, Encoder<T> encoder, SerializableSupplier<OutputStream> stream) {
    this.name = name;
    this.encoder = encoder;
    this.stream = stream;
  }

  /** A sink to the standard output. */
  public static <T> StandardStreamSink<T> stdout(Encoder<T> encoder) {
    return new StandardStreamSink<>("stdout", encoder, () -> STDOUT);
  }

  /** A sink to the standard error. */
  public static <T> StandardStreamSink<T> stderr(Encoder<T> encoder) {
    return new StandardStreamSink<>("stderr", encoder, () -> STDERR);
  }

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) {
    return new Writer<>(name, encoder, stream.get(), context);
  }

  /**
   * Writes when the task has done with the record at hand, whose answers may be many lines, and
   * gathers only the lines that come in the moment after a write.
   */
  private static final class Writer<T> implements SinkWriter<T> {
    private final String name;
    private final Encoder<T> encoder;
    private final OutputStream stream;
    private final ProcessingTimeService time;
    private final MailboxExecutor mailbox;
    private final TerminalLines lines = new TerminalLines();
    private boolean writePending; // by a mail or a timer
    private boolean written; // whether there is a last write
    private long lastWrite;

    Writer(String name, Encoder<T> encoder, OutputStream stream, WriterInitContext context) {
      this.name = name;
      this.encoder = encoder;
      this.stream = stream;
      time = context.getProcessingTimeService();
      mailbox = context.getMailboxExecutor();
    }

    @Override
    public void write(T record, Context context) throws IOException {
      encoder.encode(record, lines);
      lines.escapeControls();
      if (lines.size() >= BUFFER_BYTES) {
        writeLines();
      } else if (!writePending) {
        writePending = true;
        long now = time.getCurrentProcessingTime();
        // A clock that was set back must not hold lines up.
        if (written && now >= lastWrite && now - lastWrite < GATHER_MILLIS) {
          time.registerTimer(lastWrite + GATHER_MILLIS, at -> writePendingLines());
        } else {
          mailbox.execute(this::writePendingLines, "write lines");
        }
      }
    }

    private void writePendingLines() throws IOException {
      writePending = false;
      writeLines();
    }

    @Override
    public void flush(boolean endOfInput) throws IOException {
      writeLines();
    }

    @Override
    public void close() {
      try {
        // After Ctrl-C what is done still goes out.
        writeLines();
      } catch (IOException e) {
        // Whoever ended well was flushed before. Where one writer found the stream closed, Flink
        // would take the same failure of another's close for a broken TaskManager.
        LOG.warn("Lines were lost", e);
      }
    }

    private void writeLines() throws IOException {
      if (lines.size() == 0) {
        return;
      }
      try {
        synchronized (stream) {
          lines.writeTo(stream);
          stream.flush();
        }
      } catch (IOException e) {
        throw named(e);
      } finally {
        // What could not be written must not be tried once more on close.
        lines.reset();
      }
      written = true;
      lastWrite = time.getCurrentProcessingTime();
    }

    /** The system's own message says what, but not where. */
    private IOException named(IOException e) {
      // Not as the cause: the cause at the bottom is what users are told.
      IOException named =
          new IOException(
              "Broken pipe".equals(e.getMessage())
                  ? name + " was closed by who read it, before everything was written"
                  : name + " cannot be written to: " + e.getMessage());
      named.addSuppressed(e);
      return named;
    }
  }
}
