package io.headstream.job.records;

import io.headstream.job.serialization.FloatCodec;
import io.headstream.job.serialization.RecordSerializer;
import io.headstream.job.serialization.RecordSerializerSnapshot;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/**
 * Version 1 of a {@link Token}: sequence ID, then flags, position, timestamp if there is one,
 * label, source, embedding.
 */
public final class TokenSerializer extends RecordSerializer<Token> {
  private static final long serialVersionUID = 1L;

  private static final int LAST = 1;
  private static final int HAS_TIMESTAMP = 2;

  @Override
  public Token createInstance() {
    return Token.of("", 0, new float[0], false);
  }

  @Override
  public Token copy(Token token) {
    return token.withEmbedding(token.embedding().clone());
  }

  @Override
  public void serialize(Token token, DataOutputView target) throws IOException {
    StringValue.writeString(token.sequenceId(), target);
    writeWithoutId(token, target);
  }

  @Override
  public Token deserialize(DataInputView source) throws IOException {
    return readWithoutId(StringValue.readString(source), source);
  }

  /** Writes all but the sequence ID, which the tokens of a chunk share. */
  static void writeWithoutId(Token token, DataOutputView target) throws IOException {
    Long timestamp = token.timestamp();
    target.writeByte((token.last() ? LAST : 0) | (timestamp != null ? HAS_TIMESTAMP : 0));
    target.writeInt(token.position());
    if (timestamp != null) {
      target.writeLong(timestamp);
    }
    StringValue.writeString(token.label(), target);
    StringValue.writeString(token.source(), target);
    FloatCodec.write(token.embedding(), target);
  }

  /** Reads what {@link #writeWithoutId} wrote. */
  static Token readWithoutId(String sequenceId, DataInputView source) throws IOException {
    int flags = source.readByte();
    int position = source.readInt();
    Long timestamp = (flags & HAS_TIMESTAMP) != 0 ? source.readLong() : null;
    String label = StringValue.readString(source);
    String readFrom = StringValue.readString(source);
    float[] embedding = FloatCodec.read(source);
    boolean last = (flags & LAST) != 0;
    return new Token(sequenceId, position, embedding, label, timestamp, last, readFrom);
  }

  @Override
  public TypeSerializerSnapshot<Token> snapshotConfiguration() {
    return new Snapshot();
  }

  /** See {@link RecordSerializerSnapshot}. */
  public static final class Snapshot extends RecordSerializerSnapshot<Token> {
    /** For Flink. */
    public Snapshot() {
      super(1, TokenSerializer::new);
    }
  }
}
