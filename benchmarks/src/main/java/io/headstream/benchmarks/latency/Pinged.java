package io.headstream.benchmarks.latency;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** A running {@code ./headstream} that is given one record at a time and waited for. */
final class Pinged implements AutoCloseable {
  static final int MODEL_DIM = 16;
  static final int HEADS = 4;
  static final int SEQUENCE_LENGTH = 4;

  /** From one record to the next. */
  static final long PAUSE_MILLIS = 50;

  private final Process process;
  private final OutputStream stdin;
  private final BufferedReader stdout;
  private final Random random = new Random(1);
  private final int sequenceLength;
  private int sent;

  /**
   * Starts it.
   *
   * @param options of {@code ./headstream}
   * @param sequenceLength tokens of a sequence, answered at its end; 1 for a single sequence that
   *     is answered token by token
   */
  Pinged(List<String> options, int sequenceLength) throws IOException {
    this.sequenceLength = sequenceLength;
    List<String> command = new ArrayList<>(List.of("./headstream", "--input", "-"));
    command.addAll(List.of("--model-dim", "" + MODEL_DIM, "--heads", "" + HEADS));
    command.addAll(options);
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    stdin = process.getOutputStream();
    stdout = process.inputReader(StandardCharsets.UTF_8);
  }

  /** From the write of the token that is to be answered until its last answer is read. */
  long nanosToTheAnswer() throws IOException, InterruptedException {
    TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    for (int i = 1; i < sequenceLength; i++) {
      write(token());
    }
    byte[] last = token();
    long start = System.nanoTime();
    write(last);
    for (int i = 0; i < sequenceLength; i++) {
      if (stdout.readLine() == null) {
        throw new EOFException("./headstream ended; its standard error says why");
      }
    }
    return System.nanoTime() - start;
  }

  private void write(byte[] line) throws IOException {
    stdin.write(line);
    stdin.flush();
  }

  private byte[] token() {
    boolean whole = sequenceLength > 1;
    int position = whole ? sent % sequenceLength : sent;
    String id = whole ? "s" + sent / sequenceLength : "s";
    sent++;
    StringBuilder line = new StringBuilder();
    line.append("{\"sequence_id\":\"%s\",\"position\":%d,\"embedding\":[".formatted(id, position));
    for (int i = 0; i < MODEL_DIM; i++) {
      line.append(i == 0 ? "" : ",").append(random.nextFloat() - 0.5f);
    }
    line.append("],\"last\":").append(whole && position == sequenceLength - 1).append("}\n");
    return line.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException, InterruptedException {
    stdin.close();
    while (stdout.readLine() != null) {
      // What is left; nothing, unless a measurement was broken off.
    }
    process.waitFor();
  }
}
