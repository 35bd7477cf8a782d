package io.headstream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.app.json.TokenJson;
import io.headstream.job.records.Token;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who reads the answers takes ten a second, and the topic holds a hundred thousand tokens. */
class KafkaBackpressureE2E {
  @RegisterExtension static final KafkaExtension KAFKA = new KafkaExtension();

  private static final int TOKENS = 100_000;
  private static final int LENGTH = 5;
  private static final int MODEL_DIM = 64;
  private static final int SECONDS = 120;
  private static final int PER_SECOND = 10;
  private static final int LOOK_EVERY_SECONDS = 20;
  private static final Pattern READ = Pattern.compile("([\\d,]+) tokens read");

  @BeforeAll
  static void fill() throws Exception {
    KAFKA.topics().create("tokens");
    SplittableRandom random = new SplittableRandom(KafkaExtension.SEED);
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < TOKENS; i++) {
      float[] embedding = new float[MODEL_DIM];
      for (int c = 0; c < MODEL_DIM; c++) {
        embedding[c] = (float) random.nextDouble(-1, 1);
      }
      String id = "seq-" + i / LENGTH;
      Token token = Token.of(id, i % LENGTH, embedding, i % LENGTH == LENGTH - 1);
      records.add(
          new ProducerRecord<>(
              "tokens", id.getBytes(StandardCharsets.UTF_8), TokenJson.bytes(token)));
    }
    KAFKA.topics().write(records);
  }

  @Test
  void aSlowReaderHoldsUpTheSourceAndNothingIsLostOrPiledUp() throws Exception {
    Path stderr = KAFKA.folder().resolve("stderr");
    ProcessBuilder builder =
        new ProcessBuilder(
            System.getProperty("e2e.launcher"),
            "--input=kafka:tokens",
            "--until=latest",
            "--parallelism=2",
            "--kafka.bootstrap.servers=" + KAFKA.broker().servers());
    builder.redirectError(stderr.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("HEADSTREAM_NO_BUILD", "1");
    builder
        .environment()
        .put(
            "HEADSTREAM_JAVA_OPTS",
            "-Xmx512m -Dheadstream.terminal=true -Dheadstream.log.file="
                + KAFKA.folder().resolve("slow.log"));
    Process process = builder.start();
    try (BufferedReader answers =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      List<String> seen = new ArrayList<>();
      seen.add(answers.readLine());
      List<Long> read = new ArrayList<>();
      List<Long> live = new ArrayList<>();
      long start = System.nanoTime();
      for (int i = 1; i <= SECONDS * PER_SECOND; i++) {
        long due = start + i * TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
        TimeUnit.NANOSECONDS.sleep(due - System.nanoTime()); // the slow reader that is tested
        seen.add(answers.readLine());
        if (i % (LOOK_EVERY_SECONDS * PER_SECOND) == 0) {
          read.add(tokensRead(stderr));
          live.add(liveHeapBytes(process.pid()) >> 20);
        }
      }
      System.out.printf("tokens read: %s, live heap MiB: %s%n", read, live);
      assertThat(read.get(read.size() - 1))
          .as("tokens read, every %d s: %s", LOOK_EVERY_SECONDS, read)
          .isLessThan(read.get(0) + 2L * SECONDS * PER_SECOND)
          .isLessThan(TOKENS / 2);
      assertThat(live.get(live.size() - 1))
          .as("MiB of live heap, every %d s: %s", LOOK_EVERY_SECONDS, live)
          .isLessThan(live.get(0) + 32);

      for (String line = answers.readLine(); line != null; line = answers.readLine()) {
        seen.add(line);
      }
      assertThat(process.waitFor()).as(Files.readString(stderr)).isZero();
      assertThat(places(seen)).hasSize(TOKENS);
      assertThat(seen).hasSize(TOKENS);
    } finally {
      process.destroyForcibly();
    }
  }

  private static Set<String> places(List<String> answers) {
    Set<String> places = new HashSet<>();
    answers.forEach(answer -> places.add(answer.substring(0, answer.indexOf(",\"embedding"))));
    return places;
  }

  /** What the progress line said last. */
  private static long tokensRead(Path stderr) throws IOException {
    long last = 0;
    Matcher matcher = READ.matcher(Files.readString(stderr));
    while (matcher.find()) {
      last = Long.parseLong(matcher.group(1).replace(",", ""));
    }
    return last;
  }

  /** The heap after a full collection, as {@code jcmd} counts it. */
  private static long liveHeapBytes(long pid) throws Exception {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Path out;
    try (FlinkProcess process =
        FlinkProcess.start(
            "jcmd",
            KAFKA.folder(),
            Map.of(),
            List.of(jcmd.toString(), Long.toString(pid), "GC.class_histogram"))) {
      process.await(Duration.ofMinutes(1));
      out = process.stdout();
    }
    String total =
        Files.readAllLines(out).stream()
            .filter(line -> line.startsWith("Total"))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(total.trim().split("\\s+")[2]);
  }
}
