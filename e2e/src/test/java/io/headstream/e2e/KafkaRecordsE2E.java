package io.headstream.e2e;

import static org.apache.kafka.common.IsolationLevel.READ_COMMITTED;
import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.PartFiles;
import io.headstream.job.app.json.TokenJson;
import io.headstream.job.records.Token;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What topics may hold, and where it goes. */
class KafkaRecordsE2E {
  @RegisterExtension static final KafkaExtension KAFKA = new KafkaExtension();

  private static final int MODEL_DIM = HostileRecords.MODEL_DIM;

  @ParameterizedTest
  @ValueSource(strings = {"sequence", "token"})
  void everyHostileRecordIsCountedByItsReasonAndTheOthersAreAnswered(String mode) throws Exception {
    KAFKA.topics().create(mode, Map.of("max.message.bytes", "20000000"));
    KAFKA.topics().create(mode + "-answers", mode + "-letters");
    HostileRecords records =
        mode.equals("token")
            ? HostileRecords.forTokenMode(mode, "", KafkaExtension.SEED)
            : HostileRecords.forSequenceMode(mode, "", KafkaExtension.SEED);
    assertThat(records.records()).hasSize(HostileRecords.RECORDS);
    int good = HostileRecords.RECORDS - HostileRecords.HOSTILE;
    KAFKA.topics().write(records.records());

    String[] options = {
      "--mode=" + mode,
      "--until=latest",
      "--model-dim=" + MODEL_DIM,
      "--max-length=" + HostileRecords.MAX_LENGTH,
      "--input=kafka:" + mode,
    };
    String answersTo = "--output=kafka:" + mode + "-answers";
    String lettersTo = "--dead-letters=kafka:" + mode + "-letters";
    try (HeadstreamProcess run =
        KAFKA.headstream(mode, "-Xmx256m", with(options, answersTo, lettersTo))) {
      run.succeed();
      assertThat(run.stderr())
          .singleElement()
          .asString()
          .contains(
              "%,d tokens answered".formatted(good), HostileRecords.HOSTILE + " dead letters");
    }

    List<ConsumerRecord<byte[], byte[]>> letters =
        KAFKA.topics().read(mode + "-letters", READ_COMMITTED);
    assertThat(HostileRecords.countByReason(letters)).isEqualTo(records.expected());
    assertThat(letters).allSatisfy(letter -> assertThat(letter.value()).hasSizeLessThan(1 << 20));
    assertThat(letters)
        .allSatisfy(letter -> assertThat(text(letter)).contains("\"source\":\"" + mode + ":"));
    List<String> answers = KAFKA.topics().values(mode + "-answers", READ_COMMITTED);
    assertThat(answers).hasSize(good).doesNotHaveDuplicates();
    System.out.printf("%s mode: %d answers, %s%n", mode, answers.size(), records.expected());

    // From the same topic into a folder: the same answers, byte for byte.
    Path folder = KAFKA.folder().resolve(mode + "-folder");
    try (HeadstreamProcess run =
        KAFKA.headstream(mode + "-folder", "", with(options, "--output=" + folder))) {
      run.succeed();
    }
    assertThat(PartFiles.lines(folder).stream().sorted().toList())
        .isEqualTo(answers.stream().sorted().toList());
    assertThat(PartFiles.lines(Path.of(folder + "-dead-letters"))).hasSize(HostileRecords.HOSTILE);
  }

  /** Sequences of a folder into a topic that takes small records alone. */
  @Test
  void answersAndDeadLettersTooLargeForTheirTopicsAreCut() throws Exception {
    KAFKA.topics().create("small", Map.of("max.message.bytes", "70000"));
    KAFKA.topics().create("small-dead-letters", Map.of("max.message.bytes", "70000"));
    Path input = KAFKA.folder().resolve("labelled.jsonl");
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      String label = i == 3 ? "x".repeat(100_000) : "word";
      lines.add(
          ("{\"sequence_id\":\"labels\",\"position\":%d,\"embedding\":[1,2,3,4,5,6,7,8],"
                  + "\"label\":\"%s\",\"last\":%s}")
              .formatted(i, label, i == 9));
    }
    lines.add("not json " + "y".repeat(200_000));
    Files.write(input, lines);

    try (HeadstreamProcess run =
        KAFKA.headstream(
            "small", "", "--input=" + input, "--output=kafka:small", "--model-dim=" + MODEL_DIM)) {
      run.succeed();
      assertThat(run.stderr())
          .singleElement()
          .asString()
          .contains("9 tokens answered", "2 dead letters");
    }
    assertThat(KAFKA.topics().values("small", READ_COMMITTED)).hasSize(9);
    List<ConsumerRecord<byte[], byte[]>> letters =
        KAFKA.topics().read("small-dead-letters", READ_COMMITTED);
    assertThat(letters.stream().map(KafkaRecordsE2E::text))
        .hasSize(2)
        .allSatisfy(letter -> assertThat(letter).hasSizeLessThan(8192))
        .anySatisfy(
            letter ->
                assertThat(letter)
                    .matches(
                        ".*TOO_LARGE.*answer has 10\\d{4} bytes, the topic takes 70000.*"
                            + "\"source\":\"labelled.jsonl:4\".*\"record_bytes\":10\\d{4}}"))
        .anySatisfy(
            letter ->
                assertThat(letter)
                    .matches(
                        ".*TOO_LARGE.*the topic takes 70000; it was MALFORMED: .*"
                            + "\"source\":\"labelled.jsonl:11\".*\"record_bytes\":200009}"));
  }

  @Test
  void aTopicThatIsNotThereIsFoundBeforeTheStart() throws Exception {
    KAFKA.topics().create("there");
    assertRefused(
        "--input: found 'kafka:nowhere', expected a topic that is there", "--input=kafka:nowhere");
    assertRefused(
        "--output: found 'kafka:nowhere', expected a topic that is there",
        "--input=kafka:there",
        "--output=kafka:nowhere");
    assertRefused(
        "--dead-letters: found 'kafka:there-dead-letters', expected a topic that is there",
        "--input=-",
        "--output=kafka:there");
  }

  /** At least once, and from where a checkpoint has committed the group's offsets. */
  @Test
  void aGroupGoesOnWhereItHasCommitted() throws Exception {
    KAFKA.topics().create("group", "group-answers", "group-answers-dead-letters");
    String[] options = {
      "--input=kafka:group",
      "--output=kafka:group-answers",
      "--delivery=at-least-once",
      "--from=committed",
      "--kafka.group.id=headstream-test",
      "--model-dim=" + MODEL_DIM
    };
    writeOne("first");
    try (HeadstreamProcess run = KAFKA.headstream("group-1", "", options)) {
      run.await("an answer", () -> KAFKA.topics().end("group-answers", READ_COMMITTED) == 1);
      writeOne("second");
      run.await("another", () -> KAFKA.topics().end("group-answers", READ_COMMITTED) == 2);
      run.await("the group's offsets", () -> KAFKA.topics().committed("headstream-test") == 2);
      new ProcessBuilder("kill", "-TERM", Long.toString(run.pid())).start().waitFor();
      assertThat(run.exitCode()).isEqualTo(143);
    }
    writeOne("third");
    try (HeadstreamProcess run = KAFKA.headstream("group-2", "", with(options, "--until=latest"))) {
      run.succeed();
    }
    assertThat(KAFKA.topics().values("group-answers", READ_COMMITTED))
        .extracting(answer -> answer.replaceFirst(".*sequence_id\":\"([a-z]*)\".*", "$1"))
        .containsExactlyInAnyOrder("first", "second", "third");
  }

  /** Of the partitions one falls silent and two never spoke: the fourth ends sequences alone. */
  @Test
  void fromTheLatestOnIdlePartitionsDoNotHoldTheRestBack() throws Exception {
    String letters = "idle-answers-dead-letters";
    KAFKA.topics().create("idle", "idle-answers", letters);
    KAFKA.topics().write(List.of(timed(0, "before", 0), timed(1, "before", 1_000_000)));
    try (HeadstreamProcess run =
        KAFKA.headstream(
            "idle",
            "",
            "--input=kafka:idle",
            "--from=latest",
            "--event-time",
            "--session-gap=1 s",
            "--max-out-of-orderness=1 ms",
            "--output=kafka:idle-answers",
            "--model-dim=" + MODEL_DIM)) {
      run.await(
          "both partitions to be read",
          () -> {
            KAFKA.topics().write(List.of(broken(0), broken(1)));
            String all = String.join("", KAFKA.topics().values(letters, READ_COMMITTED));
            return all.contains("\"idle:0:") && all.contains("\"idle:1:");
          });
      KAFKA.topics().write(List.of(timed(0, "slow", 1000), timed(1, "fast", 1000)));
      AtomicInteger seconds = new AtomicInteger(1);
      run.await(
          "the end of what is over by the time of one partition",
          () -> {
            KAFKA.topics().write(List.of(timed(1, "later", seconds.incrementAndGet() * 1000L)));
            return KAFKA.topics().values("idle-answers", READ_COMMITTED).stream()
                .anyMatch(answer -> answer.contains("\"fast\""));
          });
      assertThat(KAFKA.topics().values("idle-answers", READ_COMMITTED))
          .noneMatch(answer -> answer.contains("\"before\""));
    }
  }

  private static ProducerRecord<byte[], byte[]> timed(int partition, String id, long timestamp) {
    String line =
        "{\"sequence_id\":\"%s\",\"position\":%d,\"embedding\":[1,2,3,4,5,6,7,8],\"timestamp\":%d}"
            .formatted(id, id.equals("later") ? timestamp / 1000 - 2 : 0, timestamp);
    return new ProducerRecord<>("idle", partition, null, line.getBytes(StandardCharsets.UTF_8));
  }

  private static ProducerRecord<byte[], byte[]> broken(int partition) {
    return new ProducerRecord<>("idle", partition, null, new byte[] {'?'});
  }

  private static void writeOne(String id) throws Exception {
    Token token = Token.of(id, 0, new float[MODEL_DIM], true);
    KAFKA
        .topics()
        .write(
            List.of(
                new ProducerRecord<>(
                    "group", id.getBytes(StandardCharsets.UTF_8), TokenJson.bytes(token))));
  }

  private static void assertRefused(String line, String... options) throws Exception {
    try (HeadstreamProcess run = KAFKA.headstream("refused", "", options)) {
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.stderr()).containsExactly("headstream: " + line);
      assertThat(run.stdout()).isEmptyFile();
    }
  }

  private static String[] with(String[] options, String... further) {
    return Stream.concat(Stream.of(options), Stream.of(further)).toArray(String[]::new);
  }

  private static String text(ConsumerRecord<byte[], byte[]> record) {
    return new String(record.value(), StandardCharsets.UTF_8);
  }
}
