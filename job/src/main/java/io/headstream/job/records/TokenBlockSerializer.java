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
 * Version 1 of a {@link TokenBlock}: sequence ID, first position, whether it ends, count of tokens,
 * the tokens without their ID, which is the block's.
 */
public final class TokenBlockSerializer extends RecordSerializer<TokenBlock> {
  private static final long serialVersionUID = 1L;

  /** The most tokens for which room is made because a count says so. */
  private static final int TRUSTED_COUNT = 1024;

  @Override
  public TokenBlock createInstance() {
    return new TokenBlock("", 0, List.of(), true);
  }

  @Override
  public TokenBlock copy(TokenBlock block) {
    List<Token> tokens =
        block.tokens().stream().map(t -> t.withEmbedding(t.embedding().clone())).toList();
    return new TokenBlock(block.sequenceId(), block.firstPosition(), tokens, block.ends());
  }

  @Override
  public void serialize(TokenBlock block, DataOutputView target) throws IOException {
    StringValue.writeString(block.sequenceId(), target);
    target.writeInt(block.firstPosition());
    target.writeBoolean(block.ends());
    target.writeInt(block.tokens().size());
    for (Token token : block.tokens()) {
      if (!token.sequenceId().equals(block.sequenceId())) {
        throw new IllegalArgumentException(
            "a token of sequence %s is in a block of sequence %s"
                .formatted(token.sequenceId(), block.sequenceId()));
      }
      TokenSerializer.writeWithoutId(token, target);
    }
  }

  @Override
  public TokenBlock deserialize(DataInputView source) throws IOException {
    String sequenceId = StringValue.readString(source);
    int firstPosition = source.readInt();
    boolean ends = source.readBoolean();
    int count = source.readInt();
    if (count < 0) {
      throw new IOException("a block says that it has " + count + " tokens");
    }
    List<Token> tokens = new ArrayList<>(Math.min(count, TRUSTED_COUNT));
    for (int i = 0; i < count; i++) {
      tokens.add(TokenSerializer.readWithoutId(sequenceId, source));
    }
    return new TokenBlock(sequenceId, firstPosition, Collections.unmodifiableList(tokens), ends);
  }

  @Override
  public TypeSerializerSnapshot<TokenBlock> snapshotConfiguration() {
    return new Snapshot();
  }

  /** See {@link RecordSerializerSnapshot}. */
  public static final class Snapshot extends RecordSerializerSnapshot<TokenBlock> {
    /** For Flink. */
    public Snapshot() {
      super(1, TokenBlockSerializer::new);
    }
  }
}
