package io.headstream.job.records;

import io.headstream.job.serialization.RecordSerializer;
import io.headstream.job.serialization.RecordSerializerSnapshot;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Version 1 of a {@link ReadRecord}: row of the table, what the content is, the content. */
public final class ReadRecordSerializer extends RecordSerializer<ReadRecord> {
  private static final long serialVersionUID = 1L;

  private static final int TEXT = 0;
  private static final int TOKEN = 1;
  private static final int DEAD_LETTER = 2;

  private static final TokenSerializer TOKENS = new TokenSerializer();
  private static final DeadLetterSerializer DEAD_LETTERS = new DeadLetterSerializer();

  @Override
  public ReadRecord createInstance() {
    return new ReadRecord(TOKENS.createInstance());
  }

  @Override
  public ReadRecord copy(ReadRecord record) {
    ReadRecord.Content copy;
    if (record.content() instanceof Token token) {
      copy = TOKENS.copy(token);
    } else if (record.content() instanceof DeadLetter letter) {
      copy = DEAD_LETTERS.copy(letter);
    } else {
      copy = ((RawRecord) record.content()).copy();
    }
    return new ReadRecord(copy, record.tableRow());
  }

  @Override
  public void serialize(ReadRecord record, DataOutputView target) throws IOException {
    target.writeInt(record.tableRow());
    if (record.content() instanceof Token token) {
      target.writeByte(TOKEN);
      TOKENS.serialize(token, target);
    } else if (record.content() instanceof DeadLetter letter) {
      target.writeByte(DEAD_LETTER);
      DEAD_LETTERS.serialize(letter, target);
    } else {
      target.writeByte(TEXT);
      ((RawRecord) record.content()).write(target);
    }
  }

  @Override
  public ReadRecord deserialize(DataInputView source) throws IOException {
    int tableRow = source.readInt();
    int content = source.readByte();
    return new ReadRecord(
        switch (content) {
          case TEXT -> RawRecord.read(source);
          case TOKEN -> TOKENS.deserialize(source);
          case DEAD_LETTER -> DEAD_LETTERS.deserialize(source);
          default ->
              throw new IOException("a read record has content " + content + ", unknown here");
        },
        tableRow);
  }

  @Override
  public TypeSerializerSnapshot<ReadRecord> snapshotConfiguration() {
    return new Snapshot();
  }

  /** See {@link RecordSerializerSnapshot}. */
  public static final class Snapshot extends RecordSerializerSnapshot<ReadRecord> {
    /** For Flink. */
    public Snapshot() {
      super(1, ReadRecordSerializer::new);
    }
  }
}
