package io.headstream.transformer.onnx;

import io.headstream.transformer.checkpoint.ModelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Goes through one protobuf message field by field. Nothing is read outside of the message, and a
 * length is believed only as far as bytes are there.
 */
final class ProtobufReader {
  private static final int VARINT = 0;
  private static final int EIGHT_BYTES = 1;
  private static final int LENGTH_DELIMITED = 2;
  private static final int FOUR_BYTES = 5;

  private final Path file;
  private final byte[] bytes;
  private final int end;
  private int at;
  private int wireType;

  // Of the field that next() came to.
  private long number;
  private int valueBegin;
  private int valueEnd;

  ProtobufReader(Path file, byte[] bytes) {
    this(file, bytes, 0, bytes.length);
  }

  private ProtobufReader(Path file, byte[] bytes, int begin, int end) {
    this.file = file;
    this.bytes = bytes;
    this.at = begin;
    this.end = end;
  }

  boolean hasNext() {
    return at < end;
  }

  /** Goes to the next field and gives its number. */
  int next() throws ModelException {
    int tagAt = at;
    long tag = varint();
    wireType = (int) tag & 7;
    valueBegin = at;
    switch (wireType) {
      case VARINT -> number = varint();
      case EIGHT_BYTES -> at = behind(Long.BYTES);
      case FOUR_BYTES -> at = behind(Float.BYTES);
      case LENGTH_DELIMITED -> {
        long length = varint();
        valueBegin = at;
        at = behind(length);
      }
      default -> throw refusal(tagAt, "has the wire type " + wireType + ", expected 0, 1, 2 or 5");
    }
    valueEnd = at;
    long field = tag >>> 3;
    if (field < 1 || field > 1 << 29) {
      throw refusal(tagAt, "has the field " + field + ", expected 1 to " + (1 << 29));
    }
    return (int) field;
  }

  boolean isNumber() {
    return wireType == VARINT;
  }

  /** The field's whole number. */
  long number() throws ModelException {
    expect(VARINT);
    return number;
  }

  /** The field's text. */
  String text() throws ModelException {
    expect(LENGTH_DELIMITED);
    return new String(bytes, valueBegin, valueEnd - valueBegin, StandardCharsets.UTF_8);
  }

  /** The message that the field is. */
  ProtobufReader message() throws ModelException {
    expect(LENGTH_DELIMITED);
    return new ProtobufReader(file, bytes, valueBegin, valueEnd);
  }

  /** Where the bytes begin that the field is. */
  int begin() throws ModelException {
    expect(LENGTH_DELIMITED);
    return valueBegin;
  }

  /** Where they end. */
  int end() throws ModelException {
    expect(LENGTH_DELIMITED);
    return valueEnd;
  }

  /** A whole number without a tag, as they lie in a packed field. */
  long varint() throws ModelException {
    int begin = at;
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      if (at == end) {
        throw refusal(begin, "has a number that goes on behind the end");
      }
      byte next = bytes[at++];
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw refusal(begin, "has a number of more than 10 bytes");
  }

  private int behind(long length) throws ModelException {
    if (length < 0 || length > end - at) {
      throw refusal(
          at, "claims %s bytes, %d are left".formatted(Long.toUnsignedString(length), end - at));
    }
    return at + (int) length;
  }

  private void expect(int type) throws ModelException {
    if (wireType != type) {
      throw refusal(valueBegin, "has the wire type %d, expected %d".formatted(wireType, type));
    }
  }

  private ModelException refusal(int place, String text) {
    return new ModelException(file, "the field at byte " + place + " " + text);
  }
}
