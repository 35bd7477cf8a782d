package io.headstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.safetensors.WeightsException;
import io.headstream.transformer.checkpoint.ModelException;
import io.headstream.transformer.reference.BertReference;
import io.headstream.transformer.reference.Checkpoint;
import io.headstream.transformer.reference.Gpt2Reference;
import io.headstream.transformer.reference.LlamaReference;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sound folders, damaged in many ways: they are loaded, or refused in one line, nothing else. For
 * ten minutes with {@code -Dheadstream.test.minutes=10}.
 */
class DamagedFolderTest {
  private static final List<String> WORDS =
      List.of(
          "null",
          "true",
          "-1",
          "0",
          "1",
          "1e999",
          "1152921504606846976",
          "2147483647",
          "{}",
          "[]",
          "\"\"",
          "\"..\"",
          "\"x\"",
          "[1]",
          "{\"type\": 1}",
          "NaN",
          "0.5",
          "\"llama\"",
          "\"bert\"");

  @TempDir Path folder;
  private int loaded;
  private int refused;

  @Test
  void whateverIsDamagedIsRefusedInOneLine() throws Exception {
    long seed = Long.getLong("headstream.test.seed", System.nanoTime());
    long minutes = Long.getLong("headstream.test.minutes", 0);
    long end = System.nanoTime() + minutes * 60_000_000_000L;
    Random random = new Random(seed);
    List<Path> folders = folders();
    int round = 0;
    while (round < 1_500 || System.nanoTime() < end) {
      Path sound = folders.get(random.nextInt(folders.size()));
      List<Path> files;
      try (var list = Files.list(sound)) {
        files = list.sorted().toList();
      }
      Path file = files.get(random.nextInt(files.size()));
      byte[] bytes = Files.readAllBytes(file);
      try {
        replace(file, damaged(file, bytes, random));
        load(sound, "seed %d, round %d, %s".formatted(seed, round, file));
      } finally {
        replace(file, bytes);
      }
      round++;
    }
    // Both happen: a value may change to another, a name mostly not.
    assertThat(loaded).as("seed %d", seed).isPositive();
    assertThat(refused).as("seed %d", seed).isGreaterThan(round / 4);
  }

  private List<Path> folders() throws IOException {
    Checkpoint llama = LlamaReference.checkpoint("llama", 1, 1);
    Path sharded = llama.writeShards(folder.resolve("llama"), 2);
    Path gpt2 = Gpt2Reference.checkpoint("", 1, 2).write(folder.resolve("gpt2"));
    Path bert = BertReference.checkpoint("bert", "bert.", 1, 3, 3).write(folder.resolve("bert"));
    return List.of(sharded, gpt2, bert);
  }

  private static byte[] damaged(Path file, byte[] bytes, Random random) {
    boolean json = file.toString().endsWith(".json");
    if (json && random.nextBoolean()) {
      return withOtherValue(bytes, random);
    }
    // Of a file of weights mostly the header, which is what can mislead.
    int reach = json || random.nextInt(8) == 0 ? bytes.length : Math.min(bytes.length, 2_000);
    byte[] damaged = bytes.clone();
    int changes = 1 + random.nextInt(3);
    for (int i = 0; i < changes; i++) {
      damaged[random.nextInt(reach)] =
          random.nextBoolean()
              ? (byte) "0123456789[]{}\",:-\\ ".charAt(random.nextInt(20))
              : (byte) random.nextInt();
    }
    return random.nextInt(10) == 0
        ? java.util.Arrays.copyOf(damaged, random.nextInt(damaged.length))
        : damaged;
  }

  /** The value of some key is something else. */
  private static byte[] withOtherValue(byte[] bytes, Random random) {
    String text = new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
    String[] lines = text.split("(?<=[,{])");
    int line = random.nextInt(lines.length);
    lines[line] =
        lines[line].replaceFirst(
            ":[^,}]*", ": " + WORDS.get(random.nextInt(WORDS.size())).replace("\\", ""));
    return String.join("", lines).getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  /** Overwrites instead of emptying first: some file systems then wait for the disk each time. */
  private static void replace(Path file, byte[] bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes));
      channel.truncate(bytes.length);
    }
  }

  private void load(Path sound, String description) {
    try {
      TransformerModel model = TransformerModel.load(sound);
      model.forward(1);
      loaded++;
    } catch (ModelException | WeightsException e) {
      assertThat(e.getMessage())
          .as(description)
          .startsWith(sound.toString())
          .doesNotContain("\n")
          .hasSizeLessThan(1_200 + sound.toString().length());
      refused++;
    } catch (Throwable e) {
      throw new AssertionError("not a refusal: " + description, e);
    }
  }
}
