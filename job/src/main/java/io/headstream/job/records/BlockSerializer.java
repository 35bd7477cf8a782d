package io.headstream.job.records;

import io.headstream.job.serialization.FloatCodec;
import io.headstream.job.serialization.RecordSerializer;
import io.headstream.job.serialization.RecordSerializerSnapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Version 1 of a {@link Block}: key, first position, count of rows, whether it ends, values, count
 * of tokens, the tokens without their ID, which is the block's.
 */
public final class BlockSerializer extends RecordSerializer<Block> {
  private static final long serialVersionUID = 1L;

  private static final HeadKeySerializer KEY = new HeadKeySerializer();

  /** The most tokens for which room is made because a count says so. */
  private static final int TRUSTED_COUNT = 1024;

  @Override
  public Block createInstance() {
    return new Block(KEY.createInstance(), 0, 0, new float[0], true);
  }

  @Override
  public Block copy(Block block) {
    List<Token> tokens =
        block.tokens().stream().map(t -> t.withEmbedding(t.embedding().clone())).toList();
    return block.with(block.key(), block.values().clone()).withTokens(tokens);
  }

  @Override
  public void serialize(Block block, DataOutputView target) throws IOException {
    KEY.serialize(block.key(), target);
    target.writeInt(block.firstPosition());
    target.writeInt(block.rows());
    target.writeBoolean(block.ends());
    FloatCodec.write(block.values(), target);
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
  public Block deserialize(DataInputView source) throws IOException {
    HeadKey key = KEY.deserialize(source);
    int firstPosition = source.readInt();
    int rows = source.readInt();
    boolean ends = source.readBoolean();
    float[] values = FloatCodec.read(source);
    int count = source.readInt();
    if (count < 0) {
      throw new IOException("a block says that it has " + count + " tokens");
    }
    List<Token> tokens = new ArrayList<>(Math.min(count, TRUSTED_COUNT));
    for (int i = 0; i < count; i++) {
      tokens.add(TokenSerializer.readWithoutId(key.sequenceId(), source));
    }
    return new Block(key, firstPosition, rows, values, ends, Collections.unmodifiableList(tokens));
  }

  @Override
  public TypeSerializerSnapshot<Block> snapshotConfiguration() {
    return new Snapshot();
  }

  /** See {@link RecordSerializerSnapshot}. */
  public static final class Snapshot extends RecordSerializerSnapshot<Block> {
    /** For Flink. */
    public Snapshot() {
      super(1, BlockSerializer::new);
    }
  }
}
