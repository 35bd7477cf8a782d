package io.headstream.e2e;

import static org.apache.kafka.common.IsolationLevel.READ_COMMITTED;
import static org.apache.kafka.common.IsolationLevel.READ_UNCOMMITTED;
import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.PartFiles;
import io.headstream.job.app.json.TokenJson;
import io.headstream.job.records.Token;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** From topic to topic, each answer once, while the job or the broker is killed. */
class KafkaExactlyOnceE2E {
  @RegisterExtension static final KafkaExtension KAFKA = new KafkaExtension();

  private static final int SEQUENCES = 2_000;
  private static final int TOKENS = 100_000;
  private static final int OPEN_AT_A_TIME = 40;
  private static final int MODEL_DIM = 16;
  private static final int KILLS = 5;
  private static final Pattern PLACE =
      Pattern.compile("\\{\"sequence_id\":\"([^\"]*)\",\"position\":(\\d+)");

  /** Our own code interpreted, so that there is a time to kill it on any machine. */
  private static final String SLOW =
      "-XX:CompileCommand=quiet -XX:CompileCommand=exclude,io.headstream.*::*";

  private static List<String> undisturbed;

  @BeforeAll
  static void runUndisturbed() throws Exception {
    KAFKA.topics().create("tokens");
    KAFKA.topics().write(tokens());
    try (HeadstreamProcess run =
        headstream("undisturbed", "", "--output=" + KAFKA.folder().resolve("undisturbed"))) {
      run.succeed();
    }
    undisturbed = sorted(PartFiles.lines(KAFKA.folder().resolve("undisturbed")));
    assertThat(undisturbed).hasSize(TOKENS);
  }

  @Test
  void killedFiveTimesItAnswersEachTokenOnceWithTheSameBytes() throws Exception {
    KAFKA.topics().create("killed", "killed-dead-letters");
    Path checkpoints = KAFKA.folder().resolve("killed-checkpoints");
    String[] options = {"--output=kafka:killed", "--checkpoints=" + checkpoints};
    for (int kill = 1; kill <= KILLS; kill++) {
      Set<Path> before = completed(checkpoints);
      try (HeadstreamProcess run = headstream("killed-" + kill, SLOW, options)) {
        run.await(
            "a checkpoint, and records that are not committed",
            () ->
                !before.containsAll(completed(checkpoints))
                    && KAFKA.topics().end("killed", READ_UNCOMMITTED)
                        > KAFKA.topics().end("killed", READ_COMMITTED) + 50);
        run.kill();
      }
    }
    try (HeadstreamProcess run = headstream("killed-last", "", options)) {
      run.succeed();
      assertThat(run.stderr().get(0)).startsWith("headstream: going on from ");
    }

    List<ConsumerRecord<byte[], byte[]>> committed = KAFKA.topics().read("killed", READ_COMMITTED);
    assertThat(sorted(text(committed)).equals(undisturbed))
        .as("%d answers with the bytes of the undisturbed run", committed.size())
        .isTrue();
    assertOrderedInOnePartition(committed);
    List<String> uncommitted = KAFKA.topics().values("killed", READ_UNCOMMITTED);
    assertThat(uncommitted.size())
        .as("what another reader sees, or no transaction was ever cut off")
        .isGreaterThan(TOKENS);
    assertThat(new HashSet<>(uncommitted)).hasSize(TOKENS);
    System.out.printf(
        "killed %d times: %,d records read_committed, %,d read_uncommitted%n",
        KILLS, committed.size(), uncommitted.size());
  }

  /** The input ends with the mark of a transaction, or with records of one that was cut off. */
  @Test
  void oneJobsOutputIsAnothersInput() throws Exception {
    KAFKA.topics().create("first", "first-dead-letters");
    try (HeadstreamProcess run = headstream("first", "", "--output=kafka:first")) {
      run.succeed();
    }
    try (HeadstreamProcess run =
        HeadstreamProcess.start(
            "second",
            KAFKA.folder(),
            "",
            List.of(
                "--input=kafka:first",
                "--until=latest",
                "--output=" + KAFKA.folder().resolve("second"),
                "--model-dim=" + MODEL_DIM,
                "--kafka.bootstrap.servers=" + KAFKA.broker().servers()))) {
      run.succeed();
    }
    assertThat(PartFiles.lines(KAFKA.folder().resolve("second"))).hasSize(TOKENS);
  }

  @Test
  void aBrokerThatIsAwayForHalfAMinuteIsWaitedFor() throws Exception {
    KAFKA.topics().create("away", "away-dead-letters");
    try (HeadstreamProcess run = headstream("away", SLOW, "--output=kafka:away")) {
      run.await("a commit", () -> KAFKA.topics().end("away", READ_COMMITTED) > 0);
      KAFKA.broker().kill();
      TimeUnit.SECONDS.sleep(30); // how long it is away is what is tested
      KAFKA.broker().start();
      run.succeed();
    }
    assertThat(sorted(KAFKA.topics().values("away", READ_COMMITTED)).equals(undisturbed))
        .as("each answer once, with the bytes of the undisturbed run")
        .isTrue();
  }

  private static Set<Path> completed(Path checkpoints) throws IOException {
    if (!Files.isDirectory(checkpoints)) {
      return Set.of();
    }
    try (Stream<Path> files =
        Files.find(checkpoints, 3, (path, file) -> path.endsWith("_metadata"))) {
      return files.collect(Collectors.toSet());
    } catch (UncheckedIOException e) {
      return Set.of(); // one was deleted meanwhile
    }
  }

  private static HeadstreamProcess headstream(String name, String jvm, String... options)
      throws Exception {
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(
        List.of("--input=kafka:tokens", "--until=latest", "--mask=causal", "--parallelism=2"));
    all.add("--model-dim=" + MODEL_DIM);
    return KAFKA.headstream(name, jvm, all.toArray(String[]::new));
  }

  /** A few sequences at a time, their tokens in turn, so that there is always state. */
  private static List<ProducerRecord<byte[], byte[]>> tokens() {
    SplittableRandom random = new SplittableRandom(KafkaExtension.SEED);
    int length = TOKENS / SEQUENCES;
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(TOKENS);
    for (int first = 0; first < SEQUENCES; first += OPEN_AT_A_TIME) {
      for (int position = 0; position < length; position++) {
        for (int s = first; s < first + OPEN_AT_A_TIME; s++) {
          float[] embedding = new float[MODEL_DIM];
          for (int c = 0; c < MODEL_DIM; c++) {
            embedding[c] = (float) random.nextDouble(-2, 2);
          }
          Token token = Token.of("seq-" + s, position, embedding, position == length - 1);
          records.add(
              new ProducerRecord<>(
                  "tokens",
                  token.sequenceId().getBytes(StandardCharsets.UTF_8),
                  TokenJson.bytes(token)));
        }
      }
    }
    return records;
  }

  private static void assertOrderedInOnePartition(List<ConsumerRecord<byte[], byte[]>> records) {
    Map<String, Integer> partitions = new HashMap<>();
    Map<String, Integer> next = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      Matcher place = PLACE.matcher(new String(record.value(), StandardCharsets.UTF_8));
      assertThat(place.find()).isTrue();
      String id = place.group(1);
      assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo(id);
      assertThat(partitions.putIfAbsent(id, record.partition())).isIn(null, record.partition());
      int position = Integer.parseInt(place.group(2));
      assertThat(position).as("position of %s", id).isEqualTo(next.getOrDefault(id, 0));
      next.put(id, position + 1);
    }
    assertThat(new HashSet<>(partitions.values())).hasSize(KafkaTopics.PARTITIONS);
  }

  private static List<String> text(List<ConsumerRecord<byte[], byte[]>> records) {
    return records.stream()
        .map(record -> new String(record.value(), StandardCharsets.UTF_8))
        .toList();
  }

  private static List<String> sorted(List<String> lines) {
    return lines.stream().sorted().toList();
  }
}
