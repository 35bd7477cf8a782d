package io.headstream.job.records;

import io.headstream.job.serialization.RecordSerializer;
import io.headstream.job.serialization.RecordSerializerSnapshot;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/**
 * Version 1 of a {@link DeadLetter}: the reason by its name, since reasons may be added in between,
 * and the detail; then whether it is a token, and the token, or the sequence ID and the record.
 */
public final class DeadLetterSerializer extends RecordSerializer<DeadLetter> {
  private static final long serialVersionUID = 1L;

  private static final TokenSerializer TOKENS = new TokenSerializer();

  @Override
  public DeadLetter createInstance() {
    return new DeadLetter(Reason.MALFORMED, "", TOKENS.createInstance());
  }

  @Override
  public DeadLetter copy(DeadLetter letter) {
    DeadLetter.Content record =
        letter.record() instanceof Token token
            ? TOKENS.copy(token)
            : ((RawRecord) letter.record()).copy();
    return new DeadLetter(letter.reason(), letter.detail(), letter.sequenceId(), record);
  }

  @Override
  public void serialize(DeadLetter letter, DataOutputView target) throws IOException {
    StringValue.writeString(letter.reason().name(), target);
    StringValue.writeString(letter.detail(), target);
    target.writeBoolean(letter.record() instanceof Token);
    if (letter.record() instanceof Token token) {
      TOKENS.serialize(token, target);
    } else {
      StringValue.writeString(letter.sequenceId(), target);
      ((RawRecord) letter.record()).write(target);
    }
  }

  @Override
  public DeadLetter deserialize(DataInputView source) throws IOException {
    Reason reason = reason(StringValue.readString(source));
    String detail = StringValue.readString(source);
    return source.readBoolean()
        ? new DeadLetter(reason, detail, TOKENS.deserialize(source))
        : new DeadLetter(reason, detail, StringValue.readString(source), RawRecord.read(source));
  }

  private static Reason reason(String name) throws IOException {
    try {
      return Reason.valueOf(name);
    } catch (IllegalArgumentException e) {
      throw new IOException("a dead letter has the reason " + name + ", unknown here", e);
    }
  }

  @Override
  public TypeSerializerSnapshot<DeadLetter> snapshotConfiguration() {
    return new Snapshot();
  }

  /** See {@link RecordSerializerSnapshot}. */
  public static final class Snapshot extends RecordSerializerSnapshot<DeadLetter> {
    /** For Flink. */
    public Snapshot() {
      super(1, DeadLetterSerializer::new);
    }
  }
}
