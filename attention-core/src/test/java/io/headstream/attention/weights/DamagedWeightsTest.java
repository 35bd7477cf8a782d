package io.headstream.attention.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.safetensors.SafetensorsBytes;
import io.headstream.safetensors.TensorType;
import io.headstream.safetensors.WeightsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small sound file, damaged in many ways: it is read, or refused in one line, nothing else. */
class DamagedWeightsTest {
  private static final int HEADS = 2;
  private static final List<Function<AttentionParameters, float[]>> TENSORS =
      List.of(
          AttentionParameters::queryWeight,
          AttentionParameters::keyWeight,
          AttentionParameters::valueWeight,
          AttentionParameters::outputWeight,
          AttentionParameters::queryBias,
          AttentionParameters::keyBias,
          AttentionParameters::valueBias,
          AttentionParameters::outputBias);

  @TempDir Path folder;
  private Path file;

  @Test
  void everyTruncationIsRefused() throws Exception {
    for (WeightsLayout layout : WeightsLayout.values()) {
      byte[] sound = sound(layout);
      assertThat(isRead(sound)).isTrue();
      for (int length = 0; length < sound.length; length++) {
        assertThat(isRead(Arrays.copyOf(sound, length)))
            .as("%s, length %d", layout, length)
            .isFalse();
      }
    }
  }

  @Test
  void everySingleByteIsCorruptedInSeveralWays() throws Exception {
    long seed = Long.getLong("headstream.test.seed", System.nanoTime());
    Random random = new Random(seed);
    int read = 0;
    int refused = 0;
    for (WeightsLayout layout : WeightsLayout.values()) {
      byte[] sound = sound(layout);
      for (int position = 0; position < sound.length; position++) {
        for (int i = 0; i < 12; i++) {
          byte[] damaged = sound.clone();
          // Digits, brackets and quotes are what a header is sensitive to.
          byte value =
              i < 4
                  ? (byte) "0123456789[]{}\",:-\\ ".charAt(random.nextInt(20))
                  : (byte) random.nextInt();
          damaged[position] = value;
          if (isRead(damaged, "seed %d, %s, byte %d is %d", seed, layout, position, value)) {
            read++;
          } else {
            refused++;
          }
        }
      }
    }
    // Both happen: a value may change to another, a header mostly not.
    assertThat(read).as("seed %d", seed).isPositive();
    assertThat(refused).as("seed %d", seed).isGreaterThan(1_000);
  }

  /** The header's claims do not add up with any other length. */
  @Test
  void insertedAndRemovedBytesAreRefused() throws Exception {
    long seed = Long.getLong("headstream.test.seed", 1);
    Random random = new Random(seed);
    byte[] sound = sound(WeightsLayout.SEPARATE);
    for (int i = 0; i < 4_000; i++) {
      int from = random.nextInt(sound.length);
      int to = random.nextInt(from, sound.length + 1);
      byte[] between = new byte[random.nextInt(9)];
      random.nextBytes(between);
      if (between.length != to - from) {
        byte[] damaged = replaced(sound, from, to, between);
        assertThat(isRead(damaged, "seed %d, attempt %d", seed, i))
            .as("seed %d, attempt %d", seed, i)
            .isFalse();
      }
    }
  }

  /** Values change alone, unless one is not finite; a header that is read says what it said. */
  @Test
  void overwrittenBytesChangeTheirOwnValuesOrAreRefused() throws Exception {
    long seed = Long.getLong("headstream.test.seed", 2);
    Random random = new Random(seed);
    byte[] sound = sound(WeightsLayout.SEPARATE);
    int data = 8 + (int) ByteBuffer.wrap(sound).order(ByteOrder.LITTLE_ENDIAN).getLong();
    AttentionParameters before = AttentionParameters.read(file, "", HEADS);
    int read = 0;
    int refused = 0;
    for (int i = 0; i < 4_000; i++) {
      byte[] between = new byte[random.nextInt(1, 9)];
      random.nextBytes(between);
      int from = random.nextInt(sound.length - between.length + 1);
      byte[] damaged = replaced(sound, from, from + between.length, between);
      String what = "seed %d, attempt %d, from byte %d on".formatted(seed, i, from);
      boolean isRead = isRead(damaged, what);
      if (from >= data) {
        assertThat(isRead).as(what).isEqualTo(halvesAreFinite(damaged, data));
      } else if (from < 8 && !Arrays.equals(sound, 0, 8, damaged, 0, 8)) {
        assertThat(isRead).as(what).isFalse();
      }
      if (isRead) {
        AttentionParameters after = AttentionParameters.read(file, "", HEADS);
        assertThat(differing(before, after)).as(what).isEqualTo(halves(sound, damaged, data));
      }
      read += isRead ? 1 : 0;
      refused += isRead ? 0 : 1;
    }
    assertThat(read).as("seed %d", seed).isGreaterThan(100);
    assertThat(refused).as("seed %d", seed).isGreaterThan(1_000);
  }

  private static byte[] replaced(byte[] bytes, int from, int to, byte[] between) {
    byte[] result = new byte[from + between.length + bytes.length - to];
    System.arraycopy(bytes, 0, result, 0, from);
    System.arraycopy(between, 0, result, from, between.length);
    System.arraycopy(bytes, to, result, from + between.length, bytes.length - to);
    return result;
  }

  private static boolean halvesAreFinite(byte[] file, int data) {
    for (int at = data; at < file.length; at += 2) {
      if ((file[at + 1] & 0x7C) == 0x7C) { // all bits of the exponent
        return false;
      }
    }
    return true;
  }

  /** In how many numbers of two bytes the data of files of one length differ. */
  private static int halves(byte[] one, byte[] other, int data) {
    int count = 0;
    for (int at = data; at < one.length; at += 2) {
      count += one[at] == other[at] && one[at + 1] == other[at + 1] ? 0 : 1;
    }
    return count;
  }

  /** How many values differ; a bias that is no longer found under its name is none. */
  private static int differing(AttentionParameters one, AttentionParameters other) {
    int count = 0;
    for (Function<AttentionParameters, float[]> tensor : TENSORS) {
      float[] before = tensor.apply(one);
      float[] after = tensor.apply(other);
      for (int i = 0; after != null && i < before.length; i++) {
        count += Float.floatToRawIntBits(before[i]) == Float.floatToRawIntBits(after[i]) ? 0 : 1;
      }
    }
    return count;
  }

  /** Small enough that every byte can be tried. */
  private byte[] sound(WeightsLayout layout) throws Exception {
    file = folder.resolve("w.safetensors");
    new WeightsFixture(1).weights(2, HEADS, 2, true, true).write(file, "", TensorType.F16, layout);
    return Files.readAllBytes(file);
  }

  /** Overwrites instead of emptying first: some file systems then wait for the disk each time. */
  private void replace(byte[] bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes));
      channel.truncate(bytes.length);
    }
  }

  private boolean isRead(byte[] bytes, Object... description) throws Exception {
    replace(bytes);
    try {
      AttentionParameters.read(file, "", HEADS);
      return true;
    } catch (WeightsException e) {
      SafetensorsBytes.checkMessage(file, e.getMessage());
      return false;
    } catch (Throwable e) {
      throw new AssertionError(
          description.length == 0
              ? "not a refusal"
              : String.format(
                  (String) description[0], Arrays.copyOfRange(description, 1, description.length)),
          e);
    }
  }
}
