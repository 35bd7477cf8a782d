package io.headstream.transformer.family;

import io.headstream.transformer.checkpoint.ModelException;
import io.headstream.transformer.checkpoint.TensorFiles;

/** What is told of a model whose files do not say it themselves: one without a config. */
public interface ModelFormat {
  /**
   * Describes the model from what was told and from its tensors' shapes.
   *
   * @param files its tensors
   * @return the description
   * @throws ModelException if tensors are missing or do not fit what was told
   */
  ModelDescription describe(TensorFiles files) throws ModelException;
}
