package io.headstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.headstream.job.app.source.JsonTokenParser;
import io.headstream.job.records.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A thousand records, fifty of them bad for each reason: every one is somewhere, once. */
class DeadLettersITCase {
  private static final long SEED = 5;
  private static final int RECORDS = 1000;
  private static final int BAD_OF_EACH_REASON = 50;
  private static final int MAX_LENGTH = 8;
  private static final int MAX_RECORD_BYTES = 1 << 20;

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  @TempDir static Path folder;

  /** A line of the input; reason null: it is answered. */
  private record Line(byte[] bytes, Reason reason) {}

  /** One ID's lines, which come in this order. */
  private final List<Queue<Line>> scripts = new ArrayList<>();

  @Test
  void everyBadRecordIsADeadLetterOnceAndAllOthersAreAnsweredOnce() throws Exception {
    writeScripts();
    List<Line> lines = interleave(new SplittableRandom(SEED));
    assertThat(lines).hasSize(RECORDS);
    Files.createDirectories(folder.resolve("in"));
    Files.write(folder.resolve("in/tokens.jsonl"), join(lines));

    JobRun run = new JobRun(folder.resolve("out"));
    run.execute(
        folder.resolve("in"),
        new JsonTokenParser(4, false, false),
        AttentionLayer.seeded(
            1, AttentionSettings.of(4, 2).withHeadGroups(2).withMaxLength(MAX_LENGTH)),
        2);

    Map<String, Map<String, String>> letters = new HashMap<>();
    for (String line : run.deadLetterLines()) {
      Map<String, String> letter = fields(line);
      assertThat(letters.put(letter.get("source"), letter)).as("twice: %s", line).isNull();
    }
    int answered = 0;
    for (int i = 0; i < lines.size(); i++) {
      Line line = lines.get(i);
      Map<String, String> letter = letters.remove("tokens.jsonl:" + (i + 1));
      if (line.reason == null) {
        assertThat(letter).as("seed %d, line %d", SEED, i + 1).isNull();
        answered++;
      } else {
        assertThat(letter).as("seed %d, line %d is in the dead letters", SEED, i + 1).isNotNull();
        checkLetter(line, letter);
      }
    }
    assertThat(letters).isEmpty();
    assertThat(run.sortedAnswers()).hasSize(answered).doesNotHaveDuplicates();
  }

  private static void checkLetter(Line line, Map<String, String> letter) {
    String text = new String(line.bytes, StandardCharsets.UTF_8);
    assertThat(letter.get("reason")).as("%s", letter).isEqualTo(line.reason.name());
    assertThat(letter.get("detail")).isNotEmpty();
    if (line.reason == Reason.TOO_LARGE) {
      assertThat(letter.get("record")).isEqualTo(text.substring(0, 4096));
      assertThat(letter.get("record_bytes")).isEqualTo(String.valueOf(line.bytes.length));
    } else if (letter.containsKey("record_base64")) {
      assertThat(Base64.getDecoder().decode(letter.get("record_base64"))).isEqualTo(line.bytes);
    } else {
      assertThat(letter.get("record")).isEqualTo(text);
    }
  }

  private void writeScripts() {
    int id = 0;
    for (int n = 0; n < BAD_OF_EACH_REASON; n++) {
      alone(Reason.TOO_LARGE, good("large" + n, 0, true) + " ".repeat(MAX_RECORD_BYTES));
      alone(Reason.MALFORMED, malformed(n));
      alone(Reason.WRONG_DIMENSION, wrongDimension(n));
      alone(Reason.NOT_FINITE, notFinite(n));
    }
    int conflicts = 0;
    while (conflicts < BAD_OF_EACH_REASON) {
      conflicts += conflicting("conflict" + id++);
    }
    for (int tooLong = 0; tooLong < BAD_OF_EACH_REASON; tooLong += 10) {
      tooLong("long" + id++);
    }
    for (int incomplete = 0; incomplete < BAD_OF_EACH_REASON; incomplete += 2) {
      // The second token says last, but the one between never comes.
      script(
          line(Reason.INCOMPLETE, canonical("hole" + id, 0, false)),
          line(Reason.INCOMPLETE, canonical("hole" + id++, 2, true)));
    }
    int lines = scripts.stream().mapToInt(Queue::size).sum();
    while (lines < RECORDS) {
      int length = Math.min(MAX_LENGTH, RECORDS - lines);
      Line[] sequence = new Line[length];
      for (int position = 0; position < length; position++) {
        sequence[position] = line(null, good("good" + id, position, position == length - 1));
      }
      script(sequence);
      id++;
      lines += length;
    }
  }

  private static String malformed(int n) {
    String[] variants = {
      good("m", 0, true) + " {}",
      good("m", 0, true) + "]",
      "not json",
      "[1, 2]",
      "null",
      "{",
      "{\"sequence_id\": \"m\", \"sequence_id\": \"m\", \"position\": 0, \"embedding\": [1,2,3,4]}",
      "{\"sequence_id\": \"m\", \"position\": 0, \"embedding\": [1,2,3,NaN]}",
      "{\"sequence_id\": \"m\", \"position\": 0, \"embedding\": [1,2,3,-Infinity]}",
      "{\"position\": 0, \"embedding\": [1,2,3,4]}",
      "{\"sequence_id\": null, \"position\": 0, \"embedding\": [1,2,3,4]}",
      "{\"sequence_id\": \"\", \"position\": 0, \"embedding\": [1,2,3,4]}",
      "{\"sequence_id\": 7, \"position\": 0, \"embedding\": [1,2,3,4]}",
      good("x".repeat(1025), 0, true),
      "{\"sequence_id\": \"m\", \"embedding\": [1,2,3,4]}",
      "{\"sequence_id\": \"m\", \"position\": -1, \"embedding\": [1,2,3,4]}",
      "{\"sequence_id\": \"m\", \"position\": 2147483648, \"embedding\": [1,2,3,4]}",
      "{\"sequence_id\": \"m\", \"position\": 99999999999999999999, \"embedding\": [1,2,3,4]}",
      "{\"sequence_id\": \"m\", \"position\": 0.0, \"embedding\": [1,2,3,4]}",
      "{\"sequence_id\": \"m\", \"position\": 1e1, \"embedding\": [1,2,3,4]}",
      "{\"sequence_id\": \"m\", \"position\": \"0\", \"embedding\": [1,2,3,4]}",
      "{\"sequence_id\": \"m\", \"position\": 0, \"embedding\": \"1,2,3,4\"}",
      "{\"sequence_id\": \"m\", \"position\": 0, \"embedding\": [1,2,3,\"4\"]}",
      "{\"sequence_id\": \"m\", \"position\": 0, \"embedding\": [1,2,3,null]}",
      "{\"sequence_id\": \"m\", \"position\": 0, \"embedding\": [1,2,3,[4]]}",
      "{\"sequence_id\": \"m\", \"position\": 0}",
      "{\"sequence_id\": \"m\", \"position\": 0, \"embedding\": null}",
      "{\"sequence_id\": \"m\", \"position\": 0, \"embedding\": [1,2,3,4], \"embedding_f32\": \"AAAA\"}",
      "{\"sequence_id\": \"m\", \"position\": 0, \"embedding_f32\": \"not base64!\"}",
      "{\"sequence_id\": \"m\", \"position\": 0, \"embedding_f32\": \"AAAA\"}",
      "{\"sequence_id\": \"m\", \"position\": 0, \"embedding\": [1,2,3,4], \"last\": \"true\"}",
      "{\"sequence_id\": \"m\", \"position\": 0, \"embedding\": [1,2,3,4], \"last\": 1}",
      "{\"sequence_id\": \"m\", \"position\": 0, \"embedding\": [1,2,3,4], \"label\": 5}",
      "{\"sequence_id\": \"m\", \"position\": 0, \"embedding\": [1,2,3,4], \"timestamp\": \"now\"}",
      "{\"sequence_id\": \"m\", \"position\": 0, \"embedding\": [1,2,3,4], \"timestamp\": 1.5}",
      "\u00ff invalid UTF-8" // written as ISO 8859-1 below
    };
    return variants[n % variants.length];
  }

  private static String wrongDimension(int n) {
    String[] variants = {
      "[]", "[1]", "[1,2,3]", "[1,2,3,4,5]", "[1e39,2]",
    };
    return "{\"sequence_id\": \"w\", \"position\": 0, \"embedding\": %s}"
        .formatted(variants[n % variants.length]);
  }

  private static String notFinite(int n) {
    String[] variants = {
      "\"embedding\": [1e39,2,3,4]", "\"embedding\": [1,2,3,-1e999]",
      "\"embedding\": [1,3.4028236e38,3,4]", "\"embedding_f32\": \"AADAfwAAAAAAAAAAAAAAAA==\"",
    };
    return "{\"sequence_id\": \"f\", \"position\": 0, %s}".formatted(variants[n % variants.length]);
  }

  /** A good sequence of three with each kind of contradiction; how many those are. */
  private int conflicting(String id) {
    script(
        line(null, good(id, 0, false)),
        line(Reason.CONFLICT, token(id, 0, "[9.0,9.0,9.0,9.0]", true)),
        line(null, good(id, 2, true)),
        line(Reason.CONFLICT, canonical(id, 3, false)),
        line(Reason.CONFLICT, canonical(id, 1, true)),
        line(Reason.CONFLICT, canonical(id, 2147483647, false)),
        line(Reason.CONFLICT, canonical(id, 7, true)),
        line(null, good(id, 1, false)));
    return 5;
  }

  private void tooLong(String id) {
    Line[] sequence = new Line[10];
    for (int position = 0; position < 10; position++) {
      sequence[position] = line(Reason.TOO_LONG, canonical(id, position, position == 9));
    }
    script(sequence);
  }

  private void alone(Reason reason, String text) {
    script(line(reason, text));
  }

  private void script(Line... lines) {
    scripts.add(new ArrayDeque<>(List.of(lines)));
  }

  private static Line line(Reason reason, String text) {
    boolean invalidUtf8 = text.startsWith("\u00ff");
    return new Line(
        text.getBytes(invalidUtf8 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8), reason);
  }

  /** As a user might write it. */
  private static String good(String id, int position, boolean last) {
    return "{\"embedding\": [%d, 0.25, -1.5e-3, 1], \"sequence_id\": \"%s\", \"position\": %d%s, \"x\": {}}"
        .formatted(position % 100, id, position, last ? ", \"last\": true" : ", \"last\": null");
  }

  /** As Headstream writes it, so that a dead letter of a later stage can be compared. */
  private static String canonical(String id, int position, boolean last) {
    return token(id, position, "[%d.0,0.25,-0.0015,1.0]".formatted(position % 100), last);
  }

  private static String token(String id, int position, String embedding, boolean last) {
    return "{\"sequence_id\":\"%s\",\"position\":%d,\"embedding\":%s%s}"
        .formatted(id, position, embedding, last ? ",\"last\":true" : "");
  }

  /** Takes the scripts' next lines in random order. */
  private List<Line> interleave(SplittableRandom random) {
    List<Line> lines = new ArrayList<>();
    while (!scripts.isEmpty()) {
      int next = random.nextInt(scripts.size());
      lines.add(scripts.get(next).poll());
      if (scripts.get(next).isEmpty()) {
        scripts.remove(next);
      }
    }
    return lines;
  }

  private static byte[] join(List<Line> lines) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (Line line : lines) {
      bytes.writeBytes(line.bytes);
      bytes.write('\n');
    }
    return bytes.toByteArray();
  }

  private static Map<String, String> fields(String json) throws IOException {
    Map<String, String> fields = new TreeMap<>();
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      parser.nextToken();
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        parser.nextToken();
        fields.put(name, parser.getText());
      }
    }
    return fields;
  }
}
