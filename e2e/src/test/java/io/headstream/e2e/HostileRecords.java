package io.headstream.e2e;

import io.headstream.job.Sequences;
import io.headstream.job.app.json.TokenJson;
import io.headstream.job.records.Token;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Ten thousand records of which one in twenty cannot be used, for every reason that there is in a
 * mode: {@code LATE} is of token mode alone, {@code TOO_LONG} of sequence mode.
 */
final class HostileRecords {
  static final int MODEL_DIM = 8;
  static final int RECORDS = 10_000;
  static final int HOSTILE = 500;

  /** For {@code --max-length}. */
  static final int MAX_LENGTH = 40;

  private static final int CONFLICTS = 20;
  private static final int LATE = 40;
  private static final String NUMBERS = "[1,2,3,4,5,6,7,8]";
  private static final Pattern REASON = Pattern.compile("\\{\"reason\":\"([A-Z_]+)\"");

  private final List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
  private final Map<String, Integer> expected = new TreeMap<>();
  private final String topic;
  private final String prefix;

  private HostileRecords(String topic, String prefix) {
    this.topic = topic;
    this.prefix = prefix;
  }

  /** In any order. */
  static HostileRecords forSequenceMode(String topic, String prefix, long seed) {
    HostileRecords hostile = new HostileRecords(topic, prefix);
    hostile.addBroken();
    for (int i = 0; i < CONFLICTS; i++) { // whichever of the two comes second
      hostile.addToken(Token.of("c-" + i, 0, numbers(i), false));
      hostile.expect("CONFLICT");
    }
    for (int i = 0; i <= MAX_LENGTH; i++) {
      hostile.addToken(Token.of("long", i, new float[MODEL_DIM], i == MAX_LENGTH));
      hostile.expect("TOO_LONG");
    }
    hostile.addIncomplete();
    for (int i = 0; i < CONFLICTS; i++) {
      hostile.addToken(Token.of("c-" + i, 0, new float[MODEL_DIM], false));
    }
    hostile.addGood(seed);
    // Tokens may come in any order; that of the partitions is another one anyway.
    Collections.shuffle(hostile.records, new Random(seed));
    return hostile;
  }

  /** In an order in which each token can be answered, but for those that cannot. */
  static HostileRecords forTokenMode(String topic, String prefix, long seed) {
    HostileRecords hostile = new HostileRecords(topic, prefix);
    hostile.addBroken();
    for (int i = 0; i < CONFLICTS; i++) { // while the first of the two waits for position 0
      hostile.addToken(Token.of("c-" + i, 1, new float[MODEL_DIM], true));
      hostile.addToken(Token.of("c-" + i, 1, numbers(i), true));
      hostile.addToken(Token.of("c-" + i, 0, new float[MODEL_DIM], false));
      hostile.expect("CONFLICT");
    }
    for (int i = 0; i < LATE; i++) {
      hostile.addToken(Token.of("late-" + i, 0, new float[MODEL_DIM], false));
      hostile.addToken(
          Token.of("late-" + i, 0, i % 2 == 0 ? numbers(i) : new float[MODEL_DIM], false));
      hostile.addToken(Token.of("late-" + i, 1, new float[MODEL_DIM], true));
      hostile.expect("LATE");
    }
    hostile.addIncomplete();
    hostile.addGood(seed);
    return hostile;
  }

  List<ProducerRecord<byte[], byte[]>> records() {
    return records;
  }

  /** How many dead letters there are to be for each reason. */
  Map<String, Integer> expected() {
    return expected;
  }

  /** How many of the dead letters have each reason. */
  static Map<String, Integer> countByReason(List<ConsumerRecord<byte[], byte[]>> letters) {
    Map<String, Integer> counts = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> letter : letters) {
      String text = new String(letter.value(), StandardCharsets.UTF_8);
      Matcher reason = REASON.matcher(text);
      if (!reason.lookingAt()) {
        throw new AssertionError("no dead letter: " + text);
      }
      counts.merge(reason.group(1), 1, Integer::sum);
    }
    return counts;
  }

  /** What says of itself that it cannot be used. */
  private void addBroken() {
    addLines("TOO_LARGE", 2, i -> "[".repeat(10_000_000));
    addLines("TOO_LARGE", 3, i -> " ".repeat((1 << 20) + 1));
    addLines(
        "MALFORMED",
        5,
        i -> "{\"sequence_id\":\"deep\",\"position\":0,\"x\":" + "[".repeat(200_000));
    addLines("MALFORMED", 40, i -> "{\"sequence_id\":\"a\"");
    addLines("MALFORMED", 40, i -> line("d", "0,\"position\":0", NUMBERS));
    addLines("MALFORMED", 40, i -> line("i".repeat(1025), "0", NUMBERS));
    addLines("MALFORMED", 40, i -> line("n", "1e0", NUMBERS));
    for (int i = 0; i < 40; i++) { // tombstones
      records.add(new ProducerRecord<>(topic, bytes(prefix + "gone-" + i), null));
      expect("MALFORMED");
    }
    for (int i = 0; i < 40; i++) {
      add("utf-8", new byte[] {'{', (byte) 0xC0, (byte) 0x80, '}'});
      expect("MALFORMED");
    }
    addLines("WRONG_DIMENSION", 50, i -> line("w", String.valueOf(i), "[1,2]"));
    addLines("NOT_FINITE", 50, i -> line("f", String.valueOf(i), "[1,2,3,4,5,6,7,1e999]"));
  }

  /** As many as are still missing; their position 0 never comes. */
  private void addIncomplete() {
    int others = expected.values().stream().mapToInt(Integer::intValue).sum();
    for (int i = others; i < HOSTILE; i++) {
      addToken(Token.of("gap-" + i, 1, new float[MODEL_DIM], true));
      expect("INCOMPLETE");
    }
  }

  /** Whole sequences, as long as there is room for one, and then of one token each. */
  private void addGood(long seed) {
    for (List<Token> sequence : new Sequences(seed, 1000, 20, MODEL_DIM, 4).sequences) {
      if (records.size() + sequence.size() > RECORDS) {
        break;
      }
      sequence.forEach(this::addToken);
    }
    for (int i = 0; records.size() < RECORDS; i++) {
      addToken(Token.of("one-" + i, 0, new float[MODEL_DIM], true));
    }
  }

  private interface Line {
    String of(int i);
  }

  private void addLines(String reason, int count, Line line) {
    for (int i = 0; i < count; i++) {
      add("hostile", bytes(line.of(i)));
      expect(reason);
    }
  }

  private static String line(String id, String position, String embedding) {
    return "{\"sequence_id\":\"%s\",\"position\":%s,\"embedding\":%s}"
        .formatted(id, position, embedding);
  }

  private void addToken(Token token) {
    String id = prefix + token.sequenceId();
    add(id, TokenJson.bytes(Token.of(id, token.position(), token.embedding(), token.last())));
  }

  private void add(String key, byte[] value) {
    records.add(new ProducerRecord<>(topic, bytes(key), value));
  }

  private void expect(String reason) {
    expected.merge(reason, 1, Integer::sum);
  }

  private static float[] numbers(int first) {
    return new float[] {first, 1, 1, 1, 1, 1, 1, 1};
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
