package io.headstream.job.records;

import io.headstream.job.serialization.RecordSerializer;
import io.headstream.job.serialization.RecordSerializerSnapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/**
 * Version 1 of a {@link SequenceChunk}: sequence ID, length of the sequence, count of tokens, the
 * tokens without their ID, which is the chunk's.
 */
public final class SequenceChunkSerializer extends RecordSerializer<SequenceChunk> {
  private static final long serialVersionUID = 1L;

  /** The most tokens for which room is made because a count says so. */
  private static final int TRUSTED_COUNT = 1024;

  @Override
  public SequenceChunk createInstance() {
    return new SequenceChunk("", 1, List.of(Token.of("", 0, new float[0], true)));
  }

  @Override
  public SequenceChunk copy(SequenceChunk chunk) {
    List<Token> tokens =
        chunk.tokens().stream().map(t -> t.withEmbedding(t.embedding().clone())).toList();
    return new SequenceChunk(chunk.sequenceId(), chunk.sequenceLength(), tokens);
  }

  @Override
  public void serialize(SequenceChunk chunk, DataOutputView target) throws IOException {
    StringValue.writeString(chunk.sequenceId(), target);
    target.writeInt(chunk.sequenceLength());
    target.writeInt(chunk.tokens().size());
    for (Token token : chunk.tokens()) {
      if (!token.sequenceId().equals(chunk.sequenceId())) {
        throw new IllegalArgumentException(
            "a token of sequence %s is in a chunk of sequence %s"
                .formatted(token.sequenceId(), chunk.sequenceId()));
      }
      TokenSerializer.writeWithoutId(token, target);
    }
  }

  @Override
  public SequenceChunk deserialize(DataInputView source) throws IOException {
    String sequenceId = StringValue.readString(source);
    int sequenceLength = source.readInt();
    int count = source.readInt();
    if (count < 0) {
      throw new IOException("a chunk says that it has " + count + " tokens");
    }
    List<Token> tokens = new ArrayList<>(Math.min(count, TRUSTED_COUNT));
    for (int i = 0; i < count; i++) {
      tokens.add(TokenSerializer.readWithoutId(sequenceId, source));
    }
    return new SequenceChunk(sequenceId, sequenceLength, Collections.unmodifiableList(tokens));
  }

  @Override
  public TypeSerializerSnapshot<SequenceChunk> snapshotConfiguration() {
    return new Snapshot();
  }

  /** See {@link RecordSerializerSnapshot}. */
  public static final class Snapshot extends RecordSerializerSnapshot<SequenceChunk> {
    /** For Flink. */
    public Snapshot() {
      super(1, SequenceChunkSerializer::new);
    }
  }
}
