package io.headstream.job.app.view;

import static io.headstream.job.app.view.WeightsFixture.HOSTILE;
import static io.headstream.job.app.view.WeightsFixture.record;
import static io.headstream.job.app.view.WeightsFixture.row;
import static io.headstream.job.app.view.WeightsFixture.weights;
import static io.headstream.job.app.view.WeightsFixture.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page in a real browser: {@code mvn verify -Pbrowser}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReportPageE2E {
  private static final int LENGTH = 12;
  private static final int HEADS = 3;
  private static final String[] LABELS = {
    "the", "cat", "sat", null, "on", "the", "mat", ",", "then", "it", "slept", "."
  };

  @TempDir static Path folder;

  private Browser browser;
  private int pages;

  @BeforeAll
  void start() throws Exception {
    browser = new Browser(Files.createDirectory(folder.resolve("profile")));
  }

  @BeforeEach
  void desktop() throws Exception {
    browser.window(1280, 900, false, false);
  }

  @AfterEach
  void theConsoleIsEmptyAndNothingWasAskedOfTheNetwork() {
    assertThat(browser.complaints()).isEmpty();
  }

  @AfterAll
  void stop() throws Exception {
    browser.close();
  }

  @Test
  void eachHeadIsAMapWithACellForEachPairInTheColourOfItsWeight() throws Exception {
    open(twoSequences());

    assertThat(browser.value("document.querySelectorAll('.card').length").asInt())
        .isEqualTo(HEADS + 1);
    for (int head = 0; head < HEADS; head++) {
      click(".card[data-head='" + head + "']");
      assertThat(text("#title")).isEqualTo("Head " + head);
      assertThat(browser.value("+map.dataset.rows").asInt()).isEqualTo(LENGTH);
      assertThat(browser.value("+map.dataset.columns").asInt()).isEqualTo(LENGTH);
      float largest = 0;
      for (int h = 0; h < HEADS; h++) {
        for (float weight : weights(h, LENGTH)) {
          largest = Math.max(largest, weight);
        }
      }
      float[] weights = weights(head, LENGTH);
      for (int i = 0; i < LENGTH; i++) {
        for (int j = 0; j < LENGTH; j++) {
          int pixel = pixel(i, j);
          float weight = weights[i * LENGTH + j];
          int expected = weight == 0 ? 0xece9f1 : Viridis.at(Math.sqrt(weight / largest));
          for (int shift = 0; shift <= 16; shift += 8) {
            assertThat(pixel >> shift & 0xff)
                .as("head %d, query %d, key %d", head, i, j)
                .isCloseTo(expected >> shift & 0xff, within(2)); // 1,024 shades in the page
          }
        }
      }
    }
  }

  @Test
  void hoverAndArrowKeysShowTheNumber() throws Exception {
    open(twoSequences());
    click(".card[data-head='1']");
    float[] weights = weights(1, LENGTH);
    for (int[] place : new int[][] {{11, 0}, {6, 1}, {4, 4}, {2, 9}}) {
      JsonNode at = browser.value(place(place[0], place[1]));
      browser.moveMouse(at.get(0).asDouble(), at.get(1).asDouble());
      float expected = weights[place[0] * LENGTH + place[1]];
      assertThat(Float.parseFloat(text("#tip b"))).isCloseTo(expected, within(1e-6f));
      assertThat(browser.value("tip.hidden").asBoolean()).isFalse();
      assertThat(text("#tip")).contains(name(place[0]) + " \u2192 " + name(place[1]));
      assertThat(Float.parseFloat(text("#readout strong"))).isCloseTo(expected, within(1e-6f));
      assertThat(text("#readout")).contains("query %d, key %d".formatted(place[0], place[1]));
    }
    browser.value("map.focus()");
    browser.press("Home");
    browser.press("ArrowDown");
    browser.press("ArrowRight");
    assertThat(Float.parseFloat(text("#readout strong")))
        .isCloseTo(weights[3 * LENGTH + 1], within(1e-6f));
    // The average over the heads, by its own card.
    click(".card[data-head='-1']");
    float mean = 0;
    for (int head = 0; head < HEADS; head++) {
      mean += weights(head, LENGTH)[3 * LENGTH + 1] / HEADS;
    }
    assertThat(Float.parseFloat(text("#readout strong"))).isCloseTo(mean, within(1e-6f));
  }

  @Test
  void thePickerAndItsButtonsChangeTheSequence() throws Exception {
    open(twoSequences());
    assertThat(text("#about")).startsWith("first: 12 tokens, 3 heads");
    assertThat(browser.value("previous.disabled").asBoolean()).isTrue();
    click("#next");
    assertThat(text("#about")).startsWith("second: 5 tokens, 1 head.");
    assertThat(browser.value("+map.dataset.rows").asInt()).isEqualTo(5);
    assertThat(browser.value("next.disabled").asBoolean()).isTrue();
    browser.value("{sequence.value = 0; sequence.dispatchEvent(new Event('change'))}");
    assertThat(text("#about")).startsWith("first:");
  }

  @Test
  void tokensOneByOneAreAWaterfall() throws Exception {
    Path file =
        write(
            newFile(),
            row("s", 0, 70, new int[] {0, 69, 70}, new float[] {.5f, .2f, .3f}),
            row("s", 0, 71, new int[] {0, 70, 71}, new float[] {.1f, .2f, .7f}));
    open(file);
    assertThat(browser.value("[map.dataset.rows, map.dataset.columns].join()").asText())
        .isEqualTo("2,4");
    assertThat(text("#about")).contains("time goes down");
    JsonNode at = browser.value(place(1, 3));
    browser.moveMouse(at.get(0).asDouble(), at.get(1).asDouble());
    assertThat(text("#readout")).contains("0.7").contains("query 71, key 71");
    assertThat(browser.value("[...tokens.children].filter(t => !t.hidden).length").asInt())
        .isEqualTo(3);
  }

  @Test
  void hostileTextIsShownAsText() throws Exception {
    String rightToLeft = "\u05e9\u05dc\u05d5\u05dd \ud83d\udc69\u200d\ud83d\udcbb";
    String[] labels = {HOSTILE, "x".repeat(10_000), rightToLeft};
    open(write(newFile(), record(HOSTILE, 0, labels, weights(0, 3))));

    assertThat(browser.value("document.title").asText()).isEqualTo("Attention weights");
    assertThat(browser.value("document.querySelectorAll('img, main script').length").asInt())
        .isZero();
    String shown = HOSTILE.replace("\u202e", "[U+202E]").replace("\u2028", "[U+2028]");
    assertThat(text("#about")).startsWith(shown.substring(0, 100));
    assertThat(text("#sequence option")).contains(shown.substring(0, 60));
    assertThat(text("#tokens span:nth-child(1)")).startsWith(shown.substring(0, 39));
    assertThat(text("#tokens span:nth-child(2)")).hasSize(40).startsWith("xxx").endsWith("\u2026");
    assertThat(text("#tokens span:nth-child(3)")).isEqualTo(rightToLeft);
    JsonNode at = browser.value(place(1, 0));
    browser.moveMouse(at.get(0).asDouble(), at.get(1).asDouble());
    assertThat(text("#tip")).contains(shown.substring(0, 100));
    assertThat(browser.value("tip.getBoundingClientRect().right <= innerWidth").asBoolean())
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({"1280, 900, false, false", "390, 844, true, true", "320, 640, true, false"})
  void nothingIsWiderThanTheWindow(int width, int height, boolean mobile, boolean dark)
      throws Exception {
    browser.window(width, height, mobile, dark);
    String[] labels = new String[128];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = "token-" + i;
    }
    String[] lines = new String[12];
    for (int head = 0; head < lines.length; head++) {
      lines[head] = record("W".repeat(1024), head, labels, weights(head, 128));
    }
    open(write(newFile(), lines));
    assertThat(browser.value("document.documentElement.scrollWidth").asInt()).isEqualTo(width);
    assertThat(browser.value("document.querySelectorAll('.card').length").asInt()).isEqualTo(13);
    String background = browser.value("getComputedStyle(document.body).backgroundColor").asText();
    assertThat(background).isEqualTo(dark ? "rgb(19, 17, 24)" : "rgb(246, 245, 248)");
  }

  private Path twoSequences() throws Exception {
    return write(
        newFile(),
        record("first", 2, LABELS, weights(2, LENGTH)),
        record("first", 0, LABELS, weights(0, LENGTH)),
        record("first", 1, LABELS, weights(1, LENGTH)),
        record("second", 0, new String[0], weights(0, 5)));
  }

  private static String name(int position) {
    return LABELS[position] == null ? String.valueOf(position) : LABELS[position];
  }

  private Path newFile() {
    return folder.resolve("weights-" + pages++ + ".jsonl");
  }

  private void open(Path file) throws Exception {
    Path page = folder.resolve("report-" + pages++ + ".html");
    try (OutputStream stream = Files.newOutputStream(page)) {
      ReportPage.write(AttentionFiles.read(file, null), stream);
    }
    browser.open(page.toUri());
  }

  private void click(String selector) throws Exception {
    browser.value("document.querySelector(\"" + selector + "\").click()");
  }

  private String text(String selector) throws Exception {
    return browser.value("document.querySelector('" + selector + "').textContent").asText();
  }

  /** Where the middle of a cell is in the window, once it is scrolled there. */
  private static String place(int query, int key) {
    return """
        (() => {
          const {cell, left, top} = map.dataset;
          map.scrollIntoView();
          scroll({top: scrollY - 100});
          const box = map.getBoundingClientRect();
          return [box.left + +left + (%2$d + .5) * cell, box.top + +top + (%1$d + .5) * cell];
        })()"""
        .formatted(query, key);
  }

  private int pixel(int query, int key) throws Exception {
    return browser
        .value(
            """
            (() => {
              const {cell, left, top} = map.dataset;
              const x = +left + (%2$d + .5) * cell, y = +top + (%1$d + .5) * cell;
              const one = document.createElement('canvas');
              const context = one.getContext('2d', {willReadFrequently: true});
              context.drawImage(map, -Math.floor(x), -Math.floor(y));
              const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
              return r << 16 | g << 8 | b;
            })()"""
                .formatted(query, key))
        .asInt();
  }
}
