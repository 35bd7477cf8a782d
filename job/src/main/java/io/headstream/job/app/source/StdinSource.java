package io.headstream.job.app.source;

import io.headstream.job.records.ReadRecord;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.util.function.SerializableSupplier;

/**
 * What the lines of the JVM's standard input that are not blank, each as {@code stdin:LINE}; for
 * embedded Flink only, at parallelism 1 (further readers get nothing).
 *
 * <p>A job that starts from a checkpoint skips as many lines as the checkpoint has behind it, which
 * is right when the same input is piped in once more. Within one JVM stdin is read once: what a
 * failed attempt has taken from it cannot be read again, so a second attempt fails instead of going
 * on behind a gap.
 */
public final class StdinSource
    implements Source<ReadRecord, StdinSplit, Boolean>, ResultTypeQueryable<ReadRecord> {
  private static final AtomicBoolean STDIN_TAKEN = new AtomicBoolean();

  private final SerializableSupplier<InputStream> input;
  private final RecordReader reader;

  /**
   * A source of {@link System#in}.
   *
   * @param reader reads each line
   */
  public StdinSource(RecordReader reader) {
    this(StdinSource::takeStdin, reader);
  }

  /** A source of another stream, which is opened once by each attempt of the job. */
  StdinSource(SerializableSupplier<InputStream> input, RecordReader reader) {
    this.input = input;
    this.reader = reader;
  }

  private static InputStream takeStdin() {
    if (STDIN_TAKEN.getAndSet(true)) {
      throw new IllegalStateException("stdin was read before and cannot be read again");
    }
    return System.in;
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.BOUNDED;
  }

  @Override
  public SourceReader<ReadRecord, StdinSplit> createReader(SourceReaderContext context) {
    return new StdinReader(context, input, reader);
  }

  @Override
  public SplitEnumerator<StdinSplit, Boolean> createEnumerator(
      SplitEnumeratorContext<StdinSplit> context) {
    return new StdinEnumerator(context, true);
  }

  @Override
  public SplitEnumerator<StdinSplit, Boolean> restoreEnumerator(
      SplitEnumeratorContext<StdinSplit> context, Boolean hasSplit) {
    return new StdinEnumerator(context, hasSplit);
  }

  @Override
  public SimpleVersionedSerializer<StdinSplit> getSplitSerializer() {
    return new StdinSplit.Serializer();
  }

  @Override
  public SimpleVersionedSerializer<Boolean> getEnumeratorCheckpointSerializer() {
    return new StdinEnumerator.StateSerializer();
  }

  @Override
  public TypeInformation<ReadRecord> getProducedType() {
    return TypeInformation.of(ReadRecord.class);
  }
}
