package io.headstream.transformer;

import io.headstream.attention.AttentionOptions;
import io.headstream.attention.Projection;
import io.headstream.transformer.family.AnswerDesign;
import io.headstream.transformer.rows.Activation;
import io.headstream.transformer.rows.Softmax;

/** Probabilities of classes, from the hidden state of a sequence's first or last token. */
final class Classifier {
  private final ModelBody body;
  private final AnswerDesign design;
  private final Projection pooler; // or null
  private final Projection output;

  /**
   * A classifier.
   *
   * @param body makes the hidden states
   * @param design which token, and what stands between the projections
   * @param pooler {@code [modelDim, modelDim]}, or null
   * @param output {@code [labels, modelDim]}
   */
  Classifier(ModelBody body, AnswerDesign design, Projection pooler, Projection output) {
    this.body = body;
    this.design = design;
    this.pooler = pooler;
    this.output = output;
  }

  float[] probabilities(int[] ids, ModelWorkspace workspace) {
    int[] whole = body.whole(ids);
    float[] hidden = body.forward(whole, workspace);
    int row = design.classifyLast() ? (whole.length - 1) * body.modelDim() : 0;
    float[] probabilities = new float[output.outputs()];
    classify(hidden, row, probabilities, workspace.buffers().options());
    return probabilities;
  }

  private void classify(float[] hidden, int row, float[] probabilities, AttentionOptions options) {
    float[] x = hidden;
    int from = row;
    if (pooler != null) {
      x = new float[pooler.outputs()];
      from = 0;
      pooler.project(1, hidden, row, x, 0, options);
      design.poolerActivation().apply(x.length, x, 0);
    }
    output.project(1, x, from, probabilities, 0, options);
    if (design.multiLabel()) {
      Activation.SIGMOID.apply(probabilities.length, probabilities, 0);
    } else {
      Softmax.apply(probabilities.length, probabilities, 0);
    }
  }
}
