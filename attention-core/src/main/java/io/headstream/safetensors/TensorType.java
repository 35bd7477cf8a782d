package io.headstream.safetensors;

import java.util.List;

/**
 * The element types that a safetensors header may name.
 *
 * <p>A constant's name is its spelling in the file. All of them are known, so that a file may hold
 * any tensor beside the ones that are used; only {@link #F32}, {@link #F16} and {@link #BF16} can
 * be read and written as floats.
 */
public enum TensorType {
  /** One byte, 0 or 1. */
  BOOL(8),
  /** Float of 4 bits, two to a byte. */
  F4(4),
  /** Float of 6 bits, 2 of them exponent. */
  F6_E2M3(6),
  /** Float of 6 bits, 3 of them exponent. */
  F6_E3M2(6),
  /** Unsigned byte. */
  U8(8),
  /** Signed byte. */
  I8(8),
  /** Float of 8 bits, 5 of them exponent. */
  F8_E5M2(8),
  /** Float of 8 bits, 4 of them exponent. */
  F8_E4M3(8),
  /** Power of two in 8 bits. */
  F8_E8M0(8),
  /** {@link #F8_E4M3} without negative zero. */
  F8_E4M3FNUZ(8),
  /** {@link #F8_E5M2} without negative zero and infinities. */
  F8_E5M2FNUZ(8),
  /** Signed integer of 16 bits. */
  I16(16),
  /** Unsigned integer of 16 bits. */
  U16(16),
  /** IEEE 754 half precision. */
  F16(16),
  /** The upper half of a float32. */
  BF16(16),
  /** Signed integer of 32 bits. */
  I32(32),
  /** Unsigned integer of 32 bits. */
  U32(32),
  /** IEEE 754 single precision. */
  F32(32),
  /** Complex number of two float32. */
  C64(64),
  /** IEEE 754 double precision. */
  F64(64),
  /** Signed integer of 64 bits. */
  I64(64),
  /** Unsigned integer of 64 bits. */
  U64(64);

  /** {@link #values} makes a new array each time. */
  private static final List<TensorType> ALL = List.of(values());

  private final int bits;

  TensorType(int bits) {
    this.bits = bits;
  }

  /** {@return how many bits one element takes in the file} */
  public int bits() {
    return bits;
  }

  /** {@return whether elements of this type can be read and written as floats} */
  public boolean isFloat32Convertible() {
    return this == F32 || this == F16 || this == BF16;
  }

  /** The type of that name in a header, or null if there is none. */
  static TensorType named(String name) {
    for (TensorType type : ALL) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    return null;
  }
}
