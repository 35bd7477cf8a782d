package io.headstream.attention.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 over shapes and values. */
final class WeightsDigest {
  private static final int PIECE_FLOATS = 16_384;

  private final MessageDigest sha256;
  private final ByteBuffer piece =
      ByteBuffer.allocate(PIECE_FLOATS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);

  private WeightsDigest() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  static String of(AttentionParameters parameters) {
    WeightsDigest digest = new WeightsDigest();
    digest.addInt(parameters.modelDim());
    digest.addInt(parameters.heads());
    digest.addInt(parameters.keyValueHeads());
    digest.add(parameters.queryWeight());
    digest.add(parameters.queryBias());
    digest.add(parameters.keyWeight());
    digest.add(parameters.keyBias());
    digest.add(parameters.valueWeight());
    digest.add(parameters.valueBias());
    digest.add(parameters.outputWeight());
    digest.add(parameters.outputBias());
    return HexFormat.of().formatHex(digest.sha256.digest());
  }

  private void addInt(int value) {
    piece.putInt(0, value);
    sha256.update(piece.array(), 0, Integer.BYTES);
  }

  /** Length first, so that no two lists of arrays look alike; an absent one has length -1. */
  private void add(float[] values) {
    addInt(values == null ? -1 : values.length);
    int length = values == null ? 0 : values.length;
    for (int done = 0; done < length; done += PIECE_FLOATS) {
      int count = Math.min(PIECE_FLOATS, length - done);
      piece.asFloatBuffer().put(values, done, count);
      sha256.update(piece.array(), 0, count * Float.BYTES);
    }
  }
}
