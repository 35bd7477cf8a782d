package io.headstream.job.app.embedded;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.PartFiles;
import io.headstream.job.records.Reason;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ten thousand records, one in twenty of them hostile, in a JVM of its own whose heap is smaller
 * than one of them: each is where it belongs, once.
 */
class HostileRecordsITCase {
  private static final String HEAP = "-Xmx160m";
  private static final int RECORDS = 10_000;
  private static final int HOSTILE = RECORDS / 20;
  private static final int TOKENS_PER_SEQUENCE = 5;
  private static final int MIB = 1 << 20;

  private static final byte[] BRACKETS = new byte[MIB];

  static {
    Arrays.fill(BRACKETS, (byte) '[');
  }

  @TempDir Path folder;

  private final Map<Reason, Integer> expected = new EnumMap<>(Reason.class);

  @Test
  void eachIsCountedByItsReasonAndTheHeapStaysSmall() throws Exception {
    try (OutputStream file =
        new BufferedOutputStream(Files.newOutputStream(folder.resolve("in.jsonl")))) {
      int good = 0;
      for (int n = 0; n < RECORDS; n++) {
        if (n % 20 == 7) {
          hostile(n / 20, file);
        } else {
          file.write(token("s" + good / TOKENS_PER_SEQUENCE, good % TOKENS_PER_SEQUENCE));
          good++;
        }
      }
    }
    try (ProcessRun run = start("--input=in.jsonl", "--output=out", "--model-dim=4", "--heads=2")) {
      assertThat(run.exitCode()).as("%s", run.stderr()).isZero();
      assertThat(run.stderr())
          .singleElement()
          .asString()
          .startsWith("headstream: 9,500 tokens answered in 1,900 sequences, 500 dead letters");
    }
    assertThat(PartFiles.lines(folder.resolve("out")))
        .hasSize(RECORDS - HOSTILE)
        .doesNotHaveDuplicates();
    Map<Reason, Integer> reasons = new EnumMap<>(Reason.class);
    Pattern reason = Pattern.compile("\\{\"reason\":\"(\\w+)\"");
    for (String line : PartFiles.lines(folder.resolve("out-dead-letters"))) {
      Matcher matcher = reason.matcher(line);
      assertThat(matcher.find()).as("%.200s", line).isTrue();
      reasons.merge(Reason.valueOf(matcher.group(1)), 1, Integer::sum);
    }
    assertThat(reasons).isEqualTo(expected);
    assertThat(expected.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(HOSTILE);
  }

  /** One hostile record and its line end. */
  private void hostile(int n, OutputStream file) throws IOException {
    if (n == 0) {
      brackets(256, file); // more than the heap
    } else if (n % 100 == 0) {
      brackets(10, file);
    } else {
      small(n, file);
    }
    file.write('\n');
  }

  private void brackets(int mebibytes, OutputStream file) throws IOException {
    for (int i = 0; i < mebibytes; i++) {
      file.write(BRACKETS);
    }
    expect(Reason.TOO_LARGE);
  }

  private void small(int n, OutputStream file) throws IOException {
    String start = "{\"sequence_id\":\"h" + n + "\",\"position\":0,";
    switch (n % 14) {
      case 0 -> write(Reason.MALFORMED, "{\"x\":" + "[".repeat(50_000), file);
      case 1 -> write(Reason.MALFORMED, "[".repeat(50_000) + "]".repeat(50_000), file);
      case 2 -> write(Reason.MALFORMED, start + "\"position\":0,\"embedding\":[1,2,3,4]}", file);
      case 3 -> write(Reason.MALFORMED, start.replace("h", "x".repeat(1025)) + embedding(), file);
      case 4 -> write(Reason.MALFORMED, start + "\"embedding\":[1,2,3,4]} {}", file);
      case 5 -> write(Reason.MALFORMED, start + "\"embedding\":[1,2,3,NaN]}", file);
      case 6 -> write(Reason.MALFORMED, start + "\"label\":\"\\ud800\"," + embedding(), file);
      case 7 -> {
        expect(Reason.MALFORMED);
        file.write((start + "\"label\":\"\u00ff\"," + embedding()).getBytes(ISO_8859_1));
      }
      case 8 -> write(Reason.MALFORMED, start + "\"timestamp\":" + "9".repeat(1000) + "}", file);
      case 9 -> write(Reason.NOT_FINITE, start + "\"embedding\":[1,2,3,1e999]}", file);
      case 10 ->
          write(Reason.NOT_FINITE, start + "\"embedding\":[1,2,3," + "9".repeat(9999) + "]}", file);
      case 11 -> write(Reason.WRONG_DIMENSION, start + "\"embedding\":[]}", file);
      case 12 ->
          write(
              Reason.WRONG_DIMENSION, start + "\"embedding\":[" + "1,".repeat(9999) + "1]}", file);
      default -> {
        boolean hole = n % 28 == 13;
        write(
            hole ? Reason.INCOMPLETE : Reason.TOO_LONG,
            "{\"sequence_id\":\"i%d\",\"position\":%d,%s"
                .formatted(n, hole ? 7 : Integer.MAX_VALUE, embedding()),
            file);
      }
    }
  }

  private void write(Reason reason, String record, OutputStream file) throws IOException {
    expect(reason);
    file.write(record.getBytes(UTF_8));
  }

  private void expect(Reason reason) {
    expected.merge(reason, 1, Integer::sum);
  }

  private static String embedding() {
    return "\"embedding\":[1,2,3,4]}";
  }

  /** A good record, some of them with what looks hostile and is not. */
  private static byte[] token(String id, int position) {
    String harmless = position == 1 ? "\"x\":" + "[".repeat(999) + "]".repeat(999) + "," : "";
    String last = position == TOKENS_PER_SEQUENCE - 1 ? ",\"last\":true" : "";
    return "{\"sequence_id\":\"%s\",\"position\":%d,%s\"embedding\":[1,0.5,%d,-3]%s}\n"
        .formatted(id, position, harmless, position, last)
        .getBytes(UTF_8);
  }

  private ProcessRun start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.matches("--(add|sun|enable)-.*"))
        .forEach(command::add);
    command.add(HEAP);
    command.add("-Dheadstream.log.file=" + folder.resolve("run.log"));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(Embedded.class.getName());
    command.addAll(List.of(arguments));
    return new ProcessRun(folder, Map.of(), command);
  }
}
