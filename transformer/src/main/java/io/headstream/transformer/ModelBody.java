package io.headstream.transformer;

import io.headstream.attention.cache.KeyValueCache;
import io.headstream.transformer.family.ModelDescription;
import io.headstream.transformer.family.ModelShape;
import io.headstream.transformer.family.PositionDesign;
import io.headstream.transformer.layers.LayerStack;
import io.headstream.transformer.layers.SequenceRows;
import java.util.Arrays;

/** Runs the layers of a model over batches that were checked. */
final class ModelBody {
  private final ModelDescription description;
  private final LayerStack layers;

  ModelBody(ModelDescription description, LayerStack layers) {
    this.description = description;
    this.layers = layers;
  }

  int modelDim() {
    return description.shape().modelDim();
  }

  SequenceCache newCache() {
    if (!description.block().causal()) {
      throw new IllegalStateException(
          "a " + description.family() + " model sees both ways, so nothing of it can be kept");
    }
    ModelShape shape = description.shape();
    KeyValueCache[] caches = new KeyValueCache[shape.layers()];
    int before = description.block().keysBefore();
    int headDim = shape.headDim();
    for (int layer = 0; layer < caches.length; layer++) {
      caches[layer] =
          before == Integer.MAX_VALUE
              ? KeyValueCache.growing(
                  shape.keyValueHeads(), headDim, headDim, description.positions().maxLength())
              : KeyValueCache.sliding(shape.keyValueHeads(), headDim, headDim, before, 0);
    }
    return new SequenceCache(this, caches);
  }

  /** Computes a batch into {@code [rows, modelDim]}. */
  void forward(SequenceBatch batch, float[] hidden, ModelWorkspace workspace) {
    check(batch);
    long size = (long) batch.rows() * modelDim();
    if (hidden.length < size) {
      throw new IllegalArgumentException(
          "hidden has %d floats, expected [%d, %d]"
              .formatted(hidden.length, batch.rows(), modelDim()));
    }
    layers.apply(batch.packed(), hidden, workspace.buffers());
  }

  /** Computes a batch into the workspace's own array. */
  float[] forward(SequenceBatch batch, ModelWorkspace workspace) {
    float[] hidden = workspace.buffers().hidden(batch.rows(), modelDim());
    forward(batch, hidden, workspace);
    return hidden;
  }

  /** Computes one sequence, as {@link #whole} makes it, into the workspace's own array. */
  float[] forward(int[] ids, ModelWorkspace workspace) {
    return forward(workspace.batch().add(ids), workspace);
  }

  /**
   * A sequence as the model takes it: of one whose positions count from the right the last tokens,
   * with padding before them.
   */
  int[] whole(int[] ids) {
    if (ids.length == 0) {
      throw new IllegalArgumentException("the sequence has no tokens");
    }
    PositionDesign positions = description.positions();
    if (!positions.padLeft()) {
      return ids;
    }
    int length = positions.maxLength();
    int kept = Math.min(length, ids.length);
    int[] padded = new int[length];
    Arrays.fill(padded, positions.paddingToken());
    System.arraycopy(ids, ids.length - kept, padded, length - kept, kept);
    return padded;
  }

  private void check(SequenceBatch batch) {
    if (!batch.packed().vectors()) {
      checkIds(batch.packed());
    }
    for (int s = 0; s < batch.sequences(); s++) {
      checkSequence(batch, s);
    }
  }

  private void checkIds(SequenceRows rows) {
    int vocabulary = description.shape().vocabulary();
    int[] ids = rows.ids();
    for (int row = 0; row < rows.count(); row++) {
      if (ids[row] < 0 || ids[row] >= vocabulary) {
        throw new IllegalArgumentException(
            vocabulary == 0
                ? "the model has no embedding of tokens, it starts from vectors"
                : "token %d at row %d is not in the vocabulary of %d"
                    .formatted(ids[row], row, vocabulary));
      }
    }
  }

  private void checkSequence(SequenceBatch batch, int s) {
    SequenceCache cache = batch.cache(s);
    int before = 0;
    if (cache != null) {
      if (!cache.isOf(this)) {
        throw new IllegalArgumentException(
            "the cache of sequence %d is another model's".formatted(s));
      }
      for (int other = 0; other < s; other++) {
        if (batch.cache(other) == cache) {
          throw new IllegalArgumentException(
              "sequences %d and %d have the same cache".formatted(other, s));
        }
      }
      before = cache.length();
      if (before != batch.firstPosition(s)) {
        throw new IllegalStateException(
            "sequence %d was added at position %d, its cache is at %d"
                .formatted(s, batch.firstPosition(s), before));
      }
    }
    long length = (long) before + batch.end(s) - batch.begin(s);
    if (length > description.positions().maxLength()) {
      throw new IllegalArgumentException(
          "sequence %d has %d tokens, the model takes at most %d"
              .formatted(s, length, description.positions().maxLength()));
    }
  }
}
