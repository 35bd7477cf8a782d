package io.headstream.job;

import static io.headstream.job.AttentionSettings.require;

import io.headstream.job.weights.AttendOptions;
import java.io.Serializable;

/**
 * What the model is: the dimensions of its weights, and how a sequence is attended.
 *
 * @param modelDim size of a token's embedding
 * @param heads query heads; divides {@code modelDim}
 * @param keyValueHeads key/value heads; divides {@code heads}
 * @param attention mask and dropout
 */
public record ModelSettings(int modelDim, int heads, int keyValueHeads, AttendOptions attention)
    implements Serializable {

  /**
   * Checks that each count divides the one that it has to divide.
   *
   * @throws IllegalArgumentException if the numbers do not fit; the message names them
   */
  public ModelSettings {
    require(modelDim >= 1, "model-dim is %d, must be at least 1", modelDim);
    require(heads >= 1, "heads is %d, must be at least 1", heads);
    require(keyValueHeads >= 1, "kv-heads is %d, must be at least 1", keyValueHeads);
    require(
        modelDim % heads == 0,
        "heads %d: does not divide model-dim %d, expected heads of equal size",
        heads,
        modelDim);
    require(
        heads % keyValueHeads == 0,
        "kv-heads %d: does not divide heads %d, expected as many query heads for each key/value"
            + " head",
        keyValueHeads,
        heads);
  }
}
