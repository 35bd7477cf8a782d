package io.headstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.headstream.transformer.reference.Stories;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A trained Llama tells its story letter by letter, however its tokens are cut into blocks. */
class StoriesTest {
  private static final int BEGIN = 1;
  private static final int TOKENS = 256;

  @TempDir Path folder;
  private Stories stories;
  private TransformerModel model;

  @BeforeEach
  void load() throws Exception {
    stories = Stories.find();
    assumeThat(stories)
        .as("stories260K.bin, in the folder of the property headstream.models")
        .isNotNull();
    model = TransformerModel.load(stories.checkpoint().write(folder));
  }

  @Test
  void itsStoryIsTheExpectedOne() throws Exception {
    int[] story = tell(new float[TOKENS * model.modelDim()]);
    assertThat(stories.text(Arrays.copyOfRange(story, 1, story.length)))
        .isEqualTo(stories.expected());
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 64, TOKENS})
  void blocksGiveTheBitsOfTokenByToken(int block) {
    float[] expected = new float[TOKENS * model.modelDim()];
    int[] story = tell(expected);
    float[] y = new float[expected.length];
    ModelWorkspace workspace = new ModelWorkspace();
    SequenceCache cache = model.newCache();
    SequenceBatch batch = new SequenceBatch();
    for (int p = 0; p < TOKENS; p += block) {
      int count = Math.min(block, TOKENS - p);
      float[] hidden = new float[count * model.modelDim()];
      model.forward(batch.clear().add(cache, story, p, count), hidden, workspace);
      System.arraycopy(hidden, 0, y, p * model.modelDim(), hidden.length);
    }
    assertThat(y).isEqualTo(expected);
    assertThat(model.forward(Arrays.copyOf(story, TOKENS))).isEqualTo(expected);
  }

  /** The likeliest token each time: the first one and 256 more, and the hidden states of 256. */
  private int[] tell(float[] states) {
    int[] story = new int[TOKENS + 1];
    story[0] = BEGIN;
    ModelWorkspace workspace = new ModelWorkspace();
    SequenceCache cache = model.newCache();
    SequenceBatch batch = new SequenceBatch();
    float[] hidden = new float[model.modelDim()];
    for (int p = 0; p < TOKENS; p++) {
      model.forward(batch.clear().add(cache, story[p]), hidden, workspace);
      System.arraycopy(hidden, 0, states, p * hidden.length, hidden.length);
      story[p + 1] = model.nextTokens(1, hidden, 0, workspace).get(0).token();
    }
    return story;
  }
}
