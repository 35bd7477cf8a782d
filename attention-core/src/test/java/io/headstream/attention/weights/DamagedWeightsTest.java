package io.headstream.attention.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.safetensors.SafetensorsBytes;
import io.headstream.safetensors.TensorType;
import io.headstream.safetensors.WeightsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small sound file, damaged in many ways: it is read, or refused in one line, nothing else. */
class DamagedWeightsTest {
  private static final int HEADS = 2;

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

  @Test
  void bytesAreInsertedRemovedAndSwapped() throws Exception {
    long seed = Long.getLong("headstream.test.seed", System.nanoTime());
    Random random = new Random(seed);
    byte[] sound = sound(WeightsLayout.SEPARATE);
    for (int i = 0; i < 4_000; i++) {
      int from = random.nextInt(sound.length);
      int to = random.nextInt(sound.length);
      int count = 1 + random.nextInt(8);
      byte[] head = Arrays.copyOf(sound, from);
      byte[] tail = Arrays.copyOfRange(sound, Math.min(to, sound.length), sound.length);
      byte[] damaged = new byte[head.length + count + tail.length];
      random.nextBytes(damaged);
      System.arraycopy(head, 0, damaged, 0, head.length);
      System.arraycopy(tail, 0, damaged, head.length + count, tail.length);
      isRead(damaged, "seed %d, attempt %d", seed, i);
    }
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
