package io.headstream.job.app.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.app.json.TokenFormat;
import io.headstream.job.app.json.TokenJson;
import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.RawRecord;
import io.headstream.job.records.Reason;
import io.headstream.job.records.Token;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class OutputITCase {
  private static final int TOKENS = 20_000;

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  private static final ByteArrayOutputStream WRITTEN = new ByteArrayOutputStream();

  /** One byte at a time, so that writers that did not lock would mix their lines. */
  private static final OutputStream STREAM =
      new OutputStream() {
        @Override
        public void write(int b) {
          WRITTEN.write(b);
        }
      };

  @TempDir private java.nio.file.Path folder;

  @Test
  void writesPartFilesRightBelowTheFolder() throws Exception {
    run(OutputFiles.sink(new Path(folder.resolve("out").toString()), new TokenEncoder()));
    List<String> lines = new ArrayList<>();
    try (Stream<java.nio.file.Path> files = Files.list(folder.resolve("out"))) {
      for (java.nio.file.Path file : files.toList()) {
        assertThat(file.getFileName().toString()).matches("part-.*\\.jsonl");
        lines.addAll(Files.readAllLines(file));
      }
    }
    assertThat(lines).containsExactlyInAnyOrderElementsOf(expected());
  }

  @Test
  void parallelWritersOfAStreamDoNotMixTheirLines() throws Exception {
    run(new StandardStreamSink<>("the stream", new TokenEncoder(), () -> STREAM));
    assertThat(WRITTEN.toString(UTF_8).lines()).containsExactlyInAnyOrderElementsOf(expected());
  }

  @Test
  void writesDeadLettersAsLines() throws Exception {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    byte[] record = "x".getBytes(UTF_8);
    DeadLetter letter =
        new DeadLetter(Reason.MALFORMED, "why", null, new RawRecord(record, "a:1", 1));
    new DeadLetterEncoder(TokenFormat.DEFAULT).encode(letter, stream);
    assertThat(stream.toString(UTF_8))
        .isEqualTo(
            "{\"reason\":\"MALFORMED\",\"detail\":\"why\",\"source\":\"a:1\",\"record\":\"x\"}\n");
  }

  private static void run(Sink<Token> sink) throws Exception {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.setParallelism(2);
    env.enableCheckpointing(200);
    env.fromSequence(0, TOKENS - 1)
        .map(OutputITCase::token)
        .returns(TypeInformation.of(Token.class))
        .sinkTo(sink);
    env.execute();
  }

  private static Token token(long n) {
    return Token.of("sequence-" + n, (int) n, new float[] {n, -n, 1f / (n + 1)}, true);
  }

  private static List<String> expected() {
    return LongStream.range(0, TOKENS)
        .mapToObj(n -> new String(TokenJson.bytes(token(n)), UTF_8))
        .toList();
  }
}
