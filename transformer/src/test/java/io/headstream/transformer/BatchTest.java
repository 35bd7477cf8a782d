package io.headstream.transformer;

import static io.headstream.transformer.FamiliesTest.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.transformer.reference.BertReference;
import io.headstream.transformer.reference.LlamaReference;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a batch may hold, and what is said where it may not. */
class BatchTest {
  @TempDir Path folder;
  private TransformerModel model;
  private final ModelWorkspace workspace = new ModelWorkspace();
  private final float[] hidden = new float[600 * 48];

  @BeforeEach
  void load() throws Exception {
    model = TransformerModel.load(LlamaReference.checkpoint("llama", 1, 90).write(folder));
  }

  @Test
  void whatDoesNotFitIsRefusedBeforeAnythingIsComputed() {
    SequenceCache cache = model.newCache();
    forward(new SequenceBatch().add(cache, 1, 2));
    refused(
        () -> forward(new SequenceBatch().add(1).add(3, 50)),
        "token 50 at row 2 is not in the vocabulary of 50");
    refused(
        () -> forward(new SequenceBatch().add(-1)),
        "token -1 at row 0 is not in the vocabulary of 50");
    refused(
        () -> forward(new SequenceBatch().add(ids(513, 1))),
        "sequence 0 has 513 tokens, the model takes at most 512");
    refused(
        () -> forward(new SequenceBatch().add(1).add(cache, ids(511, 1))),
        "sequence 1 has 513 tokens, the model takes at most 512");
    refused(
        () -> forward(new SequenceBatch().add(cache, 1).add(2).add(cache, 3)),
        "sequences 0 and 2 have the same cache");
    refused(
        () -> model.forward(new SequenceBatch().add(1, 2), new float[95], workspace),
        "hidden has 95 floats, expected [2, 48]");
    refused(
        () -> new SequenceBatch().add(1).addVectors(null, 1),
        "a batch is of tokens or of vectors, not of both");
    assertThat(cache.length()).isEqualTo(2);
  }

  @Test
  void aCacheIsOfItsModelAndItsPlace() throws Exception {
    SequenceCache cache = model.newCache();
    SequenceBatch late = new SequenceBatch().add(cache, 1);
    forward(new SequenceBatch().add(cache, 1, 2));
    assertThatThrownBy(() -> forward(late))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("sequence 0 was added at position 0, its cache is at 2");
    TransformerModel other = TransformerModel.load(folder);
    refused(
        () -> other.forward(new SequenceBatch().add(cache, 1), hidden, workspace),
        "the cache of sequence 0 is another model's");
    TransformerModel bert =
        TransformerModel.load(
            BertReference.checkpoint("bert", "", 1, 0, 91).write(folder.resolve("bert")));
    assertThatThrownBy(bert::newCache)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a bert model sees both ways, so nothing of it can be kept");
  }

  @Test
  void emptyBatchesAndSequencesAreNoRows() {
    forward(new SequenceBatch());
    SequenceBatch batch = new SequenceBatch().add().add(5).add(model.newCache());
    forward(batch);
    assertThat(batch.rows()).isEqualTo(1);
    assertThat(batch.begin(1)).isZero();
    refused(
        () -> model.embed(new SequenceBatch().add(1).add(), workspace), "sequence 1 has no tokens");
    refused(() -> model.nextTokens(1), "the sequence has no tokens");
    refused(() -> model.nextTokens(0, 1), "0 tokens are asked for, at least 1");
  }

  private void forward(SequenceBatch batch) {
    model.forward(batch, hidden, workspace);
  }

  private static void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }
}
