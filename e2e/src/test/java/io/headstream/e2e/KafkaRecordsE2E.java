package io.headstream.e2e;

import static org.apache.kafka.common.IsolationLevel.READ_COMMITTED;
import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.PartFiles;
import io.headstream.job.Sequences;
import io.headstream.job.json.TokenJson;
import io.headstream.job.records.Token;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What topics may hold, and where it goes. */
class KafkaRecordsE2E {
  @RegisterExtension static final KafkaExtension KAFKA = new KafkaExtension();

  private static final int MODEL_DIM = 8;
  private static final int RECORDS = 10_000;
  private static final int HOSTILE = 500;
  private static final int MAX_LENGTH = 40;
  private static final int CONFLICTS = 20;
  private static final Pattern REASON = Pattern.compile("\\{\"reason\":\"([A-Z_]+)\"");

  private final List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
  private final Map<String, Integer> expected = new TreeMap<>();

  @Test
  void everyHostileRecordIsCountedByItsReasonAndTheOthersAreAnswered() throws Exception {
    KAFKA.topics().create("mixed", Map.of("max.message.bytes", "20000000"));
    KAFKA.topics().create("mixed-answers", "mixed-letters");
    addHostile();
    assertThat(records).hasSize(HOSTILE);
    Sequences sequences = new Sequences(KafkaExtension.SEED, 1000, 20, MODEL_DIM, 4);
    List<Token> tokens = sequences.sequences.stream().flatMap(List::stream).toList();
    tokens = tokens.subList(0, Math.min(tokens.size(), RECORDS - HOSTILE - 2 * CONFLICTS));
    tokens.forEach(token -> add(token.sequenceId(), TokenJson.bytes(token)));
    for (int i = 0; i < CONFLICTS; i++) {
      add("c-" + i, TokenJson.bytes(Token.of("c-" + i, 0, new float[MODEL_DIM], false)));
    }
    for (int i = 0; records.size() < RECORDS; i++) {
      add("one-" + i, TokenJson.bytes(Token.of("one-" + i, 0, new float[MODEL_DIM], true)));
    }
    int good = RECORDS - HOSTILE;
    // Tokens may come in any order; that of the partitions is another one anyway.
    Collections.shuffle(records, new Random(KafkaExtension.SEED));
    KAFKA.topics().write(records);

    String[] options = {
      "--until=latest",
      "--model-dim=" + MODEL_DIM,
      "--max-length=" + MAX_LENGTH,
      "--input=kafka:mixed",
    };
    try (HeadstreamProcess run =
        KAFKA.headstream(
            "mixed",
            "-Xmx256m",
            with(options, "--output=kafka:mixed-answers", "--dead-letters=kafka:mixed-letters"))) {
      run.succeed();
      assertThat(run.stderr())
          .singleElement()
          .asString()
          .contains("%,d tokens answered".formatted(good), HOSTILE + " dead letters");
    }

    List<ConsumerRecord<byte[], byte[]>> letters =
        KAFKA.topics().read("mixed-letters", READ_COMMITTED);
    assertThat(countByReason(letters)).isEqualTo(expected);
    assertThat(letters).allSatisfy(letter -> assertThat(letter.value()).hasSizeLessThan(1 << 20));
    assertThat(letters)
        .allSatisfy(letter -> assertThat(text(letter)).contains("\"source\":\"mixed:"));
    List<String> answers = KAFKA.topics().values("mixed-answers", READ_COMMITTED);
    assertThat(answers).hasSize(good).doesNotHaveDuplicates();

    // From the same topic into a folder: the same answers, byte for byte.
    Path folder = KAFKA.folder().resolve("mixed-folder");
    try (HeadstreamProcess run =
        KAFKA.headstream("mixed-folder", "", with(options, "--output=" + folder))) {
      run.succeed();
    }
    assertThat(PartFiles.lines(folder).stream().sorted().toList())
        .isEqualTo(answers.stream().sorted().toList());
    assertThat(PartFiles.lines(Path.of(folder + "-dead-letters"))).hasSize(HOSTILE);
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

  /** Of every reason that there is in sequence mode; LATE is of token mode alone. */
  private void addHostile() {
    String numbers = "[1,2,3,4,5,6,7,8]";
    hostile("TOO_LARGE", 2, i -> "[".repeat(10_000_000));
    hostile("TOO_LARGE", 3, i -> " ".repeat((1 << 20) + 1));
    hostile(
        "MALFORMED",
        5,
        i -> "{\"sequence_id\":\"deep\",\"position\":0,\"x\":" + "[".repeat(200_000));
    hostile("MALFORMED", 40, i -> "{\"sequence_id\":\"a\"");
    hostile(
        "MALFORMED",
        40,
        i -> "{\"sequence_id\":\"d\",\"position\":0,\"position\":0,\"embedding\":" + numbers + "}");
    hostile(
        "MALFORMED",
        40,
        i ->
            "{\"sequence_id\":\""
                + "i".repeat(1025)
                + "\",\"position\":0,\"embedding\":"
                + numbers
                + "}");
    hostile(
        "MALFORMED",
        40,
        i -> "{\"sequence_id\":\"n\",\"position\":1e0,\"embedding\":" + numbers + "}");
    for (int i = 0; i < 40; i++) { // tombstones
      records.add(
          new ProducerRecord<>("mixed", ("gone-" + i).getBytes(StandardCharsets.UTF_8), null));
      expected.merge("MALFORMED", 1, Integer::sum);
    }
    for (int i = 0; i < 40; i++) {
      add("utf-8", new byte[] {'{', (byte) 0xC0, (byte) 0x80, '}'});
      expected.merge("MALFORMED", 1, Integer::sum);
    }
    hostile(
        "WRONG_DIMENSION",
        50,
        i -> "{\"sequence_id\":\"w\",\"position\":" + i + ",\"embedding\":[1,2]}");
    hostile(
        "NOT_FINITE",
        50,
        i -> "{\"sequence_id\":\"f\",\"position\":" + i + ",\"embedding\":[1,2,3,4,5,6,7,1e999]}");
    for (int i = 0; i < CONFLICTS; i++) { // whichever of the two comes second
      add(
          "c-" + i,
          TokenJson.bytes(Token.of("c-" + i, 0, new float[] {i, 1, 1, 1, 1, 1, 1, 1}, false)));
      expected.merge("CONFLICT", 1, Integer::sum);
    }
    for (int i = 0; i <= MAX_LENGTH; i++) {
      add("long", TokenJson.bytes(Token.of("long", i, new float[MODEL_DIM], i == MAX_LENGTH)));
      expected.merge("TOO_LONG", 1, Integer::sum);
    }
    while (records.size() < HOSTILE) { // their position 0 never comes
      int i = records.size();
      add("gap-" + i, TokenJson.bytes(Token.of("gap-" + i, 1, new float[MODEL_DIM], true)));
      expected.merge("INCOMPLETE", 1, Integer::sum);
    }
  }

  private interface Line {
    String of(int i);
  }

  private void hostile(String reason, int count, Line line) {
    for (int i = 0; i < count; i++) {
      add("hostile", line.of(i).getBytes(StandardCharsets.UTF_8));
      expected.merge(reason, 1, Integer::sum);
    }
  }

  private void add(String key, byte[] value) {
    records.add(new ProducerRecord<>("mixed", key.getBytes(StandardCharsets.UTF_8), value));
  }

  private static Map<String, Integer> countByReason(List<ConsumerRecord<byte[], byte[]>> letters) {
    Map<String, Integer> counts = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> letter : letters) {
      Matcher reason = REASON.matcher(text(letter));
      assertThat(reason.lookingAt()).as(text(letter)).isTrue();
      counts.merge(reason.group(1), 1, Integer::sum);
    }
    return counts;
  }

  private static String[] with(String[] options, String... further) {
    return Stream.concat(Stream.of(options), Stream.of(further)).toArray(String[]::new);
  }

  private static String text(ConsumerRecord<byte[], byte[]> record) {
    return new String(record.value(), StandardCharsets.UTF_8);
  }
}
