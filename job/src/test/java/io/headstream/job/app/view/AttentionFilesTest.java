package io.headstream.job.app.view;

import static io.headstream.job.app.view.WeightsFixture.record;
import static io.headstream.job.app.view.WeightsFixture.row;
import static io.headstream.job.app.view.WeightsFixture.weights;
import static io.headstream.job.app.view.WeightsFixture.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttentionFilesTest {
  private static final String[] NONE = {};

  @TempDir Path folder;

  @Test
  void headsOfASequenceComeTogetherFromAllFinishedFiles() throws IOException {
    String[] labels = {"the", null, "cat"};
    write(folder.resolve("part-b.jsonl"), record("s", 1, labels, weights(1, 3)), "");
    write(folder.resolve("part-a.jsonl"), "", record("s", 0, labels, weights(0, 3)));
    Files.createDirectories(folder.resolve("sub"));
    write(folder.resolve("sub/part-c.jsonl"), record("r", 0, NONE, weights(0, 2)));
    write(folder.resolve(".part-d.jsonl.inprogress"), "{");
    Files.createDirectories(folder.resolve("_tmp"));
    write(folder.resolve("_tmp/part-e.jsonl"), "{");

    AttentionReport report = AttentionFiles.read(folder, null);

    assertThat(report.sequences()).extracting(SequenceWeights::id).containsExactly("r", "s");
    SequenceWeights s = report.sequences().get(1);
    assertThat(s.labels()).containsExactly(labels);
    assertThat(s.rows()).containsExactly(0, 1, 2);
    assertThat(s.heads()).extracting(HeadWeights::head).containsExactly(0, 1);
    assertThat(s.heads().get(1).weights()).containsExactly(weights(1, 3));
    assertThat(s.name(1)).isEqualTo("1");
    assertThat(s.name(2)).isEqualTo("cat");
    assertThat(AttentionFiles.read(folder, "r").size()).isEqualTo(1);
    assertThat(AttentionFiles.read(folder, "x").isEmpty()).isTrue();
  }

  @Test
  void anIdThatWasUsedAgainIsASecondSequence() throws IOException {
    Path file =
        write(
            folder.resolve("w.jsonl"),
            record("s", 0, NONE, weights(0, 2)),
            record("s", 0, NONE, weights(5, 2)),
            record("s", 1, NONE, weights(1, 3)),
            record("s", 1, NONE, weights(1, 2)));
    AttentionReport report = AttentionFiles.read(file, null);
    assertThat(report.sequences()).extracting(s -> s.rows().length).containsExactly(2, 2, 3);
    assertThat(report.sequences().get(0).heads()).hasSize(2);
    assertThat(report.sequences().get(1).heads().get(0).weights()).containsExactly(weights(5, 2));
  }

  @Test
  void tokensThatWereAnsweredOneByOneAreAWaterfall() throws IOException {
    Path file =
        write(
            folder.resolve("w.jsonl"),
            row("s", 0, 9, new int[] {0, 8, 9}, new float[] {.5f, .25f, .25f}),
            row("s", 1, 8, new int[] {0, 7, 8}, new float[] {.1f, .2f, .7f}),
            row("s", 0, 8, new int[] {0, 7, 8}, new float[] {1, 0, 0}));
    SequenceWeights s = AttentionFiles.read(file, null).sequences().get(0);
    assertThat(s.waterfall()).isTrue();
    assertThat(s.rows()).containsExactly(8, 9);
    assertThat(s.columns()).containsExactly(0, 7, 8, 9);
    assertThat(s.heads().get(0).weights()).containsExactly(1, 0, 0, 0, .5f, 0, .25f, .25f);
    assertThat(s.heads().get(1).weights()).containsExactly(.1f, .2f, .7f, 0, 0, 0, 0, 0);
  }

  @Test
  void onlyTheLatestTokensOfALongWaterfallAreKept() throws IOException {
    int tokens = Waterfall.MOST_ROWS + 10;
    String[] lines = new String[tokens];
    for (int p = 0; p < tokens; p++) {
      lines[p] = row("s", 0, p, new int[] {p}, new float[] {1});
    }
    Path file = write(folder.resolve("w.jsonl"), lines);
    SequenceWeights s = AttentionFiles.read(file, null).sequences().get(0);
    assertThat(s.rows()).hasSize(Waterfall.MOST_ROWS).startsWith(10).endsWith(tokens - 1);
    assertThat(s.columns()).startsWith(10);
  }

  @Test
  void whatHasNoRoomIsCounted() throws IOException {
    float[] large = new float[2500 * 2500];
    String line = record("s", 0, NONE, large);
    Path file =
        write(folder.resolve("w.jsonl"), line, line, line, record("t", 0, NONE, new float[1]));
    AttentionReport report = AttentionFiles.read(file, null);
    assertThat(report.size()).isEqualTo(3);
    assertThat(report.leftOut()).isEqualTo(1);
  }

  /** Two heads of 2,000 tokens that see all before them, of which there is room for a part. */
  @Test
  void ofALongWaterfallTheLatestTokensOfAllHeadsAreShown() {
    AttentionReport report = new AttentionReport();
    int tokens = 9000;
    for (int position = tokens - 2000; position < tokens; position++) {
      for (int head = 0; head < 2; head++) {
        report.add(longRow("s", head, position));
      }
    }
    report.add(longRow("later", 0, 0)); // there was room for it, once the first had made some
    report.finish();
    SequenceWeights s = report.sequences().get(1);
    int rows = s.rows().length;
    assertThat(rows).isBetween(400, 900);
    assertThat(s.rows()).endsWith(tokens - 1).startsWith(tokens - rows);
    assertThat(s.columns()).hasSize(tokens);
    for (HeadWeights head : s.heads()) {
      assertThat(head.weights()).hasSize(rows * tokens).endsWith(1).startsWith(0.25f);
    }
    assertThat(report.leftOut()).isEqualTo(2 * (2000 - rows));
  }

  @Test
  void waterfallsThatBeganLaterMakeRoomForTheFirst() {
    AttentionReport report = new AttentionReport();
    for (int position = 9000; position < 9600; position++) {
      for (String id : new String[] {"a", "b", "c"}) {
        report.add(longRow(id, 0, position));
      }
    }
    report.finish();
    assertThat(report.sequences()).extracting(SequenceWeights::id).containsExactly("a", "b");
    assertThat(report.sequences().get(0).rows()).hasSize(600);
    assertThat(report.leftOut()).isEqualTo(600);
  }

  private static WeightsRecord longRow(String id, int head, int position) {
    int[] keys = new int[position + 1];
    float[] weights = new float[position + 1];
    for (int n = 0; n <= position; n++) {
      keys[n] = n;
      weights[n] = 0.25f;
    }
    weights[position] = 1;
    return WeightsRecord.row(id, head, position, keys, weights);
  }

  @Test
  void aWeightThatWasNotFiniteIsNaN() throws IOException {
    Path file = write(folder.resolve("w.jsonl"), record("s", 0, NONE, new float[] {Float.NaN}));
    assertThat(AttentionFiles.read(file, null).sequences().get(0).heads().get(0).weights())
        .containsExactly(Float.NaN);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{|Unexpected end-of-input",
        "[]|no JSON object",
        "{'sequence_id':'a','head':0}|it needs sequence_id, head and attention",
        "{'sequence_id':1,'head':0,'attention':[[1]]}|sequence_id is 1, expected a string",
        "{'sequence_id':'a','head':0,'attention':[[1,0]]}|attention has 2 numbers in 1 rows",
        "{'sequence_id':'a','head':0,'attention':[[[1]]]}|attention has arrays in its rows",
        "{'sequence_id':'a','head':0,'attention':[['x']]}|attention has x among its numbers",
        "{'sequence_id':'a','head':0,'labels':['x','y'],'attention':[[1]]}|2 labels for 1 tokens",
        "{'sequence_id':'a','head':0,'position':1,'keys':[1],'attention':[]}|position is 1, with 1",
        "{'sequence_id':'a','head':0,'keys':7,'attention':[]}|keys is no array",
        "{'sequence_id':'a','head':'x','attention':[[1]]}|not a record",
      })
  void aLineThatIsNoRecordIsNamed(String line, String why) throws IOException {
    write(folder.resolve("w.jsonl"), "", line.replace('\'', '"'));
    assertThatThrownBy(() -> AttentionFiles.read(folder, null))
        .isInstanceOf(UnreadableRecordException.class)
        .hasMessageStartingWith("w.jsonl:2: not a record of attention weights: ")
        .hasMessageContaining(why);
  }
}
