package io.headstream.job.records;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Records of every type with values that nobody would choose, the same for the same seed. */
public final class RandomRecords {

  /** Every type of record. */
  public static final List<Class<?>> TYPES =
      List.of(
          Token.class,
          ReadRecord.class,
          DeadLetter.class,
          HeadKey.class,
          Block.class,
          AttentionMap.class,
          AttentionRow.class);

  private final Random random;

  /** Records that follow from the seed. */
  public RandomRecords(long seed) {
    random = new Random(seed);
  }

  /** One record of the type. */
  public <T> T next(Class<T> type) {
    if (type == Token.class) {
      return type.cast(token(text()));
    } else if (type == ReadRecord.class) {
      ReadRecord.Content content =
          switch (random.nextInt(3)) {
            case 0 -> raw();
            case 1 -> token(text());
            default -> next(DeadLetter.class);
          };
      return type.cast(new ReadRecord(content, random.nextInt()));
    } else if (type == DeadLetter.class) {
      Reason reason = Reason.values()[random.nextInt(Reason.values().length)];
      return type.cast(
          random.nextBoolean()
              ? new DeadLetter(reason, text(), token(text()))
              : new DeadLetter(reason, text(), random.nextBoolean() ? text() : null, raw()));
    } else if (type == HeadKey.class) {
      return type.cast(key());
    } else if (type == Block.class) {
      HeadKey key = key();
      List<Token> tokens =
          IntStream.range(0, random.nextInt(5)).mapToObj(i -> token(key.sequenceId())).toList();
      return type.cast(
          new Block(
              key, random.nextInt(), random.nextInt(), floats(), random.nextBoolean(), tokens));
    } else if (type == AttentionMap.class) {
      return type.cast(
          new AttentionMap(
              text(),
              random.nextInt(),
              labels(),
              random.nextInt(),
              random.nextInt(),
              random.nextInt(),
              random.nextInt(),
              floats(),
              floats()));
    } else if (type == AttentionRow.class) {
      return type.cast(
          new AttentionRow(
              text(),
              random.nextInt(),
              random.nextInt(),
              random.nextInt(),
              random.nextInt(),
              floats()));
    }
    throw new IllegalArgumentException(type.getName());
  }

  private RawRecord raw() {
    return new RawRecord(bytes(), text(), random.nextLong(), random.nextInt(4));
  }

  private Token token(String id) {
    String label = random.nextBoolean() ? text() : null;
    Long timestamp = random.nextBoolean() ? random.nextLong() : null;
    return new Token(
        id, random.nextInt(), floats(), label, timestamp, random.nextBoolean(), text());
  }

  private List<String> labels() {
    List<String> labels = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      labels.add(random.nextBoolean() ? text() : null);
    }
    return labels;
  }

  private HeadKey key() {
    return new HeadKey(text(), random.nextInt(64), random.nextInt());
  }

  /** Any chars at all: unpaired surrogates and zeros too. */
  private String text() {
    int length = random.nextInt(4) == 0 ? random.nextInt(1024) : random.nextInt(8);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append((char) (random.nextBoolean() ? random.nextInt(0x10000) : random.nextInt(0x80)));
    }
    return text.toString();
  }

  /** Any bits at all: NaNs with payloads too. */
  private float[] floats() {
    float[] values = new float[random.nextInt(4) == 0 ? random.nextInt(40_000) : random.nextInt(9)];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.intBitsToFloat(random.nextInt());
    }
    return values;
  }

  private byte[] bytes() {
    byte[] bytes = new byte[random.nextInt(300)];
    random.nextBytes(bytes);
    return bytes;
  }
}
