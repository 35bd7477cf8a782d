package io.headstream.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;

/** Floats from and to the little-endian bytes of F32, F16 and BF16. */
final class FloatCoding {
  private FloatCoding() {}

  /** Decodes {@code count} elements from the start of {@code bytes} into {@code values}. */
  static void decode(TensorType type, byte[] bytes, float[] values, int offset, int count) {
    ByteBuffer source = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    ShortBuffer halves = source.asShortBuffer();
    switch (type) {
      case F32 -> source.asFloatBuffer().get(values, offset, count);
      case F16 -> {
        for (int i = 0; i < count; i++) {
          values[offset + i] = HalfPrecision.float16ToFloat(halves.get(i));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          values[offset + i] = HalfPrecision.bfloat16ToFloat(halves.get(i));
        }
      }
      default -> throw new IllegalArgumentException(type + " does not hold floats");
    }
  }

  /** Encodes {@code count} elements of {@code values} to the start of {@code bytes}. */
  static void encode(TensorType type, float[] values, int offset, int count, byte[] bytes) {
    ByteBuffer target = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    ShortBuffer halves = target.asShortBuffer();
    switch (type) {
      case F32 -> target.asFloatBuffer().put(values, offset, count);
      case F16 -> {
        for (int i = 0; i < count; i++) {
          halves.put(i, HalfPrecision.floatToFloat16(values[offset + i]));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          halves.put(i, HalfPrecision.floatToBfloat16(values[offset + i]));
        }
      }
      default -> throw new IllegalArgumentException(type + " does not hold floats");
    }
  }
}
