package io.headstream.job.app.view;

import static io.headstream.job.app.view.WeightsFixture.HOSTILE;
import static io.headstream.job.app.view.WeightsFixture.record;
import static io.headstream.job.app.view.WeightsFixture.weights;
import static io.headstream.job.app.view.WeightsFixture.write;
import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeadPicturesTest {
  private static final int RGB = 0xffffff;
  private static final int EMPTY = 0xece9f1;

  @TempDir Path folder;

  @Test
  void eachHeadIsAFileWhoseCellsHaveTheColoursOfTheirWeights() throws Exception {
    int length = 100; // too small for labels: the cells begin at a known place
    Path file =
        write(
            folder.resolve("w.jsonl"),
            record("../a b", 0, new String[0], weights(0, length)),
            record("../a b", 11, new String[0], weights(11, length)));
    AttentionReport report = AttentionFiles.read(file, null);

    List<Path> files = HeadPictures.write(report, folder.resolve("pictures"));

    assertThat(files)
        .extracting(path -> folder.relativize(path).toString())
        .containsExactly("pictures/0001-.._a_b-head-00.png", "pictures/0001-.._a_b-head-11.png");
    BufferedImage image = ImageIO.read(files.get(1).toFile());
    float largest = report.sequences().get(0).largest();
    int cell = 9;
    int left = 12;
    int top = 12 + 22;
    assertThat(image.getWidth()).isEqualTo(left + length * cell + 12);
    for (int i = 0; i < length; i++) {
      for (int j = 0; j < length; j++) {
        float weight = weights(11, length)[i * length + j];
        int expected = weight == 0 ? EMPTY : Viridis.at(Math.sqrt(weight / largest));
        assertThat(image.getRGB(left + j * cell + 4, top + i * cell + 4) & RGB)
            .as("%d, %d", i, j)
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void anyTextAndWhatIsNotFiniteCanBeDrawn() throws Exception {
    String[] labels = {HOSTILE, "z".repeat(10_000), "\u05e9\u05dc\u05d5\u05dd", "\ud83d\udc69\n"};
    float[] weights = new float[16];
    weights[0] = Float.NaN;
    Path file =
        write(folder.resolve("w.jsonl"), record(HOSTILE, 0, labels, weights).replace("\n", ""));
    List<Path> files = HeadPictures.write(AttentionFiles.read(file, null), folder.resolve("p"));
    assertThat(ImageIO.read(files.get(0).toFile()).getHeight()).isLessThan(600);
  }

  @Test
  void theColoursAreThoseOfViridis() {
    assertThat(Viridis.at(0)).isEqualTo(0x440154);
    assertThat(Viridis.at(1)).isEqualTo(0xfde725);
    assertThat(Viridis.at(-1)).isEqualTo(0x440154);
    assertThat(Viridis.at(2)).isEqualTo(0xfde725);
    assertThat(Viridis.at(0.5)).isEqualTo(0x23908c);
  }
}
