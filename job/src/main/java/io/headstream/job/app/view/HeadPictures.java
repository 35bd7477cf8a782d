package io.headstream.job.app.view;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;

/**
 * Heat maps as PNG files, one for each head of each sequence: for reports, and where no browser is.
 */
public final class HeadPictures {
  private static final int MOST_LABEL = 130;
  private static final int MARGIN = 12;
  private static final Color INK = new Color(0x1d1a24);
  private static final Color QUIET = new Color(0x635d70);
  private static final Color EMPTY = new Color(0xece9f1);
  private static final int NOT_FINITE = 0x808080;

  private HeadPictures() {}

  /**
   * Writes {@code NUMBER-ID-head-HEAD.png} for each head, over files of the same names. Characters
   * of an ID that are no letter, digit, dot or dash become underscores.
   *
   * @param folder is made if it is not there
   * @return the files
   * @throws IOException if a file cannot be written
   */
  public static List<Path> write(AttentionReport report, Path folder) throws IOException {
    System.setProperty("java.awt.headless", "true");
    Files.createDirectories(folder);
    List<Path> files = new ArrayList<>();
    for (int n = 0; n < report.sequences().size(); n++) {
      SequenceWeights sequence = report.sequences().get(n);
      String name = sequence.id().replaceAll("[^A-Za-z0-9.-]", "_");
      name = name.substring(0, Math.min(60, name.length()));
      for (HeadWeights head : sequence.heads()) {
        Path file =
            folder.resolve(
                String.format(Locale.ROOT, "%04d-%s-head-%02d.png", n + 1, name, head.head()));
        if (!ImageIO.write(draw(sequence, head), "png", file.toFile())) {
          throw new IOException("this JDK cannot write PNG");
        }
        files.add(file);
      }
    }
    return files;
  }

  /** The picture of one head, in the colours of the page. */
  static BufferedImage draw(SequenceWeights sequence, HeadWeights head) {
    int rows = sequence.rows().length;
    int columns = sequence.columns().length;
    int cell = Math.max(1, Math.min(24, 960 / Math.max(rows, columns)));
    Font font = new Font(Font.SANS_SERIF, Font.PLAIN, Math.min(13, Math.max(9, cell - 2)));
    FontMetrics metrics = metrics(font);
    boolean labelled = cell >= 11;
    int left = MARGIN + (labelled ? widest(sequence, sequence.rows(), metrics) + 6 : 0);
    int labelsTop = labelled ? widest(sequence, sequence.columns(), metrics) + 6 : 0;
    int top = MARGIN + 22 + labelsTop;
    BufferedImage image =
        new BufferedImage(
            Math.max(260, left + columns * cell + MARGIN),
            top + rows * cell + MARGIN,
            BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
    graphics.setFont(font.deriveFont(Font.BOLD, 13f));
    graphics.setColor(INK);
    String title = "Head " + head.head() + "  " + sequence.id();
    graphics.drawString(
        cut(title, image.getWidth() - 2 * MARGIN, graphics.getFontMetrics()), MARGIN, MARGIN + 11);
    drawCells(sequence, head, cell, left, top, graphics);
    if (labelled) {
      graphics.setFont(font);
      graphics.setColor(QUIET);
      drawLabels(sequence, cell, left, top, metrics, graphics);
    }
    graphics.dispose();
    return image;
  }

  private static void drawCells(
      SequenceWeights sequence,
      HeadWeights head,
      int cell,
      int left,
      int top,
      Graphics2D graphics) {
    int rows = sequence.rows().length;
    int columns = sequence.columns().length;
    float largest = sequence.largest();
    graphics.setColor(EMPTY);
    graphics.fillRect(left, top, columns * cell, rows * cell);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        float weight = head.weights()[i * columns + j];
        if (weight != 0) {
          graphics.setColor(new Color(colour(weight, largest)));
          graphics.fillRect(left + j * cell, top + i * cell, cell, cell);
        }
      }
    }
  }

  /** By the square root, in which small weights are seen beside large ones. */
  static int colour(float weight, float largest) {
    return Float.isNaN(weight) ? NOT_FINITE : Viridis.at(Math.sqrt(weight / largest));
  }

  private static void drawLabels(
      SequenceWeights sequence,
      int cell,
      int left,
      int top,
      FontMetrics metrics,
      Graphics2D graphics) {
    int middle = (cell + metrics.getAscent() - metrics.getDescent()) / 2;
    for (int i = 0; i < sequence.rows().length; i++) {
      String name = cut(shown(sequence.name(sequence.rows()[i])), MOST_LABEL, metrics);
      graphics.drawString(name, left - 6 - metrics.stringWidth(name), top + i * cell + middle);
    }
    AffineTransform upright = graphics.getTransform();
    for (int j = 0; j < sequence.columns().length; j++) {
      String name = cut(shown(sequence.name(sequence.columns()[j])), MOST_LABEL, metrics);
      graphics.translate(left + j * cell + middle, top - 6);
      graphics.rotate(-Math.PI / 2);
      graphics.drawString(name, 0, 0);
      graphics.setTransform(upright);
    }
  }

  private static int widest(SequenceWeights sequence, int[] positions, FontMetrics metrics) {
    int widest = 0;
    for (int position : positions) {
      String name = cut(shown(sequence.name(position)), MOST_LABEL, metrics);
      widest = Math.max(widest, metrics.stringWidth(name));
    }
    return widest;
  }

  /** Control characters as their pictures; a line of text stays one line. */
  private static String shown(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints().limit(200).forEach(c -> shown.appendCodePoint(c < 0x20 ? 0x2400 + c : c));
    return shown.toString();
  }

  private static String cut(String text, int width, FontMetrics metrics) {
    String shown = shown(text);
    if (metrics.stringWidth(shown) <= width) {
      return shown;
    }
    int end = shown.length();
    while (end > 0 && metrics.stringWidth(shown.substring(0, end) + "\u2026") > width) {
      end = shown.offsetByCodePoints(end, -1);
    }
    return shown.substring(0, end) + "\u2026";
  }

  private static FontMetrics metrics(Font font) {
    Graphics2D graphics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
    try {
      return graphics.getFontMetrics(font);
    } finally {
      graphics.dispose();
    }
  }
}
