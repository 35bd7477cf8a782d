package io.headstream.job.app.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.records.RawRecord;
import io.headstream.job.records.ReadRecord;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class TokenFilesITCase {
  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  private static final Charset FILE_NAMES = Charset.forName(System.getProperty("sun.jnu.encoding"));

  @TempDir private java.nio.file.Path folder;

  @Test
  void readsAFolderAndAllBelowItByTheNamesThatPeopleGave() throws Exception {
    List<String> names =
        new ArrayList<>(
            List.of(
                "plain.jsonl",
                "a b.jsonl",
                "100%.jsonl",
                "p%20q.jsonl",
                "ü€😀.jsonl",
                "what?#x.jsonl",
                "c:d.jsonl",
                "in side/x+y.txt",
                "in side/deeper/noending"));
    // Under a locale without UTF-8 the JVM itself cannot name such a file.
    names.removeIf(name -> !FILE_NAMES.newEncoder().canEncode(name));
    List<String> expected = new ArrayList<>();
    for (String name : names) {
      write(name);
      expected.add(name + ":2 " + name);
      expected.add(name + ":4 end");
    }
    for (String hidden : List.of("_a", ".b", "_c/d", ".e/f", "in side/_g")) {
      write(hidden);
    }
    assertThat(read(folder)).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void readsWhatIsNamedEvenWhenItsNameIsHidden() throws Exception {
    write("_dir/_in.jsonl");
    write("_dir/t.jsonl");
    assertThat(read(folder.resolve("_dir/_in.jsonl")))
        .containsExactlyInAnyOrder("_in.jsonl:2 _dir/_in.jsonl", "_in.jsonl:4 end");
    assertThat(read(folder.resolve("_dir")))
        .containsExactlyInAnyOrder("t.jsonl:2 _dir/t.jsonl", "t.jsonl:4 end");
  }

  @Test
  void anEmptyFolderHasNoLines() throws Exception {
    assertThat(read(folder)).isEmpty();
  }

  private void write(String name) throws IOException {
    java.nio.file.Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "\n" + name + "\r\n  \nend");
  }

  private static List<String> read(java.nio.file.Path input) throws Exception {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.setParallelism(2);
    List<String> lines = new ArrayList<>();
    try (CloseableIterator<ReadRecord> records =
        env.fromSource(
                TokenFiles.source(new Path(input.toString()), AsItIs.reader(1 << 20)),
                WatermarkStrategy.noWatermarks(),
                "files")
            .executeAndCollect()) {
      records.forEachRemaining(
          read -> {
            RawRecord line = AsItIs.record(read);
            lines.add(line.source() + " " + new String(line.bytes()));
          });
    }
    return lines;
  }
}
