package io.headstream.job.app.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headstream.job.AttentionLayer;
import io.headstream.job.AttentionSettings;
import io.headstream.job.app.AttentionJob;
import io.headstream.job.app.output.AttentionRowEncoder;
import io.headstream.job.app.output.OutputFiles;
import io.headstream.job.app.source.RecordReader;
import io.headstream.job.app.source.TextEmbedding;
import io.headstream.job.app.source.TextTokenParser;
import io.headstream.job.app.source.TokenFiles;
import io.headstream.job.observe.AttentionSample;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What token mode writes, as a waterfall in a real browser: {@code mvn verify -Pbrowser}. */
class WaterfallPageE2E {
  private static final int TOKENS = 90;
  private static final int WINDOW = 24;
  private static final int SINKS = 2;
  private static final int HEADS = 4;

  /** Where pictures of the page are left, to be looked at. */
  private static final Path PICTURES = Path.of("target/waterfall");

  @TempDir Path folder;

  @Test
  void timeGoesDownAndEachTokenShowsTheKeysThatItSaw() throws Exception {
    AttentionReport report = AttentionFiles.read(answerTokenByToken(), null);
    assertThat(report.sequences()).extracting(SequenceWeights::id).containsExactly("text:1");
    SequenceWeights sequence = report.sequences().get(0);
    assertThat(sequence.heads()).hasSize(HEADS);
    Path page = folder.resolve("report.html");
    try (OutputStream stream = Files.newOutputStream(page)) {
      ReportPage.write(report, stream);
    }
    Files.createDirectories(PICTURES);
    try (Browser browser = new Browser(Files.createDirectory(folder.resolve("profile")))) {
      browser.window(1280, 900, false, false);
      browser.open(page.toUri());
      assertThat(browser.value("[map.dataset.rows, map.dataset.columns].join()").asText())
          .isEqualTo(TOKENS + "," + TOKENS);
      assertThat(browser.value("about.textContent").asText()).contains("time goes down");
      assertThat(browser.value("document.querySelectorAll('.card').length").asInt())
          .isEqualTo(HEADS + 1);
      for (HeadWeights head : sequence.heads()) {
        browser.value(
            "document.querySelector(\".card[data-head='%d']\").click()".formatted(head.head()));
        assertCells(browser, head);
        for (int[] cell : new int[][] {{0, 0}, {40, 1}, {60, 36}, {89, 89}, {89, 20}}) {
          assertHover(browser, cell[0], cell[1], head);
        }
      }
      Files.write(PICTURES.resolve("desktop.png"), browser.screenshot());
      browser.window(390, 844, true, true);
      browser.open(page.toUri());
      assertThat(browser.value("document.documentElement.scrollWidth").asInt()).isEqualTo(390);
      Files.write(PICTURES.resolve("phone.png"), browser.screenshot());
      assertThat(browser.complaints()).isEmpty();
    }
  }

  /** A cell is filled where the token saw the key, and only there. */
  private static void assertCells(Browser browser, HeadWeights head) throws Exception {
    String filled =
        browser
            .value(
                """
                (() => {
                  const {cell, left, top, rows, columns} = map.dataset;
                  const copy = document.createElement('canvas');
                  copy.width = map.width;
                  copy.height = map.height;
                  const context = copy.getContext('2d', {willReadFrequently: true});
                  context.drawImage(map, 0, 0);
                  const image = context.getImageData(0, 0, copy.width, copy.height);
                  const ratio = map.width / map.getBoundingClientRect().width;
                  let text = '';
                  for (let i = 0; i < rows; i++) {
                    for (let j = 0; j < columns; j++) {
                      const x = Math.floor((+left + (j + .5) * cell) * ratio);
                      const y = Math.floor((+top + (i + .5) * cell) * ratio);
                      const at = 4 * (y * image.width + x);
                      const [r, g, b] = image.data.slice(at, at + 3);
                      text += r === 0xec && g === 0xe9 && b === 0xf1 ? '0' : '1';
                    }
                  }
                  return text;
                })()""")
            .asText();
    assertThat(filled).hasSize(TOKENS * TOKENS);
    for (int i = 0; i < TOKENS; i++) {
      for (int j = 0; j < TOKENS; j++) {
        boolean sees = j <= i && (i - j <= WINDOW || j < SINKS);
        assertThat(filled.charAt(i * TOKENS + j)).as("%d, %d", i, j).isEqualTo(sees ? '1' : '0');
        assertThat(head.weights()[i * TOKENS + j] > 0).isEqualTo(sees);
      }
    }
  }

  private static void assertHover(Browser browser, int query, int key, HeadWeights head)
      throws Exception {
    JsonNode at =
        browser.value(
            """
            (() => {
              const {cell, left, top} = map.dataset;
              cellAt = [+left + (%2$d + .5) * cell, +top + (%1$d + .5) * cell];
              const scroller = document.getElementById('scroll');
              scroller.scrollTo(cellAt[0] - scroller.clientWidth / 2, cellAt[1] - 200);
              scroller.scrollIntoView();
              const box = map.getBoundingClientRect();
              const down = box.top + cellAt[1] - innerHeight / 2;
              scroll({top: scrollY + down, behavior: 'instant'});
              const now = map.getBoundingClientRect();
              return [now.left + cellAt[0], now.top + cellAt[1]];
            })()"""
                .formatted(query, key));
    browser.moveMouse(at.get(0).asDouble(), at.get(1).asDouble());
    String readout = browser.value("readout.textContent").asText();
    assertThat(readout).contains("query %d, key %d".formatted(query, key));
    float weight = head.weights()[query * TOKENS + key];
    String number = browser.value("document.querySelector('#readout strong').textContent").asText();
    assertThat(Float.parseFloat(number)).isCloseTo(weight, within(1e-6f));
  }

  /** The job itself, over a line of text; gives the folder of the attention weights. */
  private Path answerTokenByToken() throws Exception {
    Path text = folder.resolve("text");
    Files.writeString(
        text,
        IntStream.range(0, TOKENS)
            .mapToObj(n -> n % 7 == 3 ? "the" : "word" + n % 31)
            .collect(Collectors.joining(" ", "", "\n")));
    Path rows = folder.resolve("rows");
    Configuration configuration = new Configuration();
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
    env.enableCheckpointing(200);
    AttentionSettings settings =
        AttentionSettings.of(32, HEADS).withHeadGroups(2).withWindow(WINDOW, SINKS).withTokenMode();
    new AttentionJob(
            TokenFiles.source(
                new org.apache.flink.core.fs.Path(text.toUri()),
                new RecordReader(new TextTokenParser(), 1 << 20)),
            new TextEmbedding(32, 0),
            AttentionLayer.seeded(5, settings)
                .withAttentionMaps(new AttentionSample(Set.of("text:1"), 0)),
            new DiscardingSink<>(),
            new DiscardingSink<>())
        .withAttentionRows(
            OutputFiles.sink(
                new org.apache.flink.core.fs.Path(rows.toUri()), new AttentionRowEncoder()))
        .build(env);
    env.execute();
    return rows;
  }
}
