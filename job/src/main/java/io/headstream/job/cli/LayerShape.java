package io.headstream.job.cli;

/**
 * The dimensions of the attention layer.
 *
 * @param modelDim the size of a token's embedding
 * @param heads query heads; divides modelDim
 * @param keyValueHeads key/value heads; divides heads
 */
public record LayerShape(int modelDim, int heads, int keyValueHeads) {

  /** Checks that each count divides the one that it has to divide. */
  public LayerShape {
    if (modelDim % heads != 0) {
      throw new UsageException(
          "--heads "
              + heads
              + ": does not divide model-dim "
              + modelDim
              + ", expected heads of equal size");
    }
    if (heads % keyValueHeads != 0) {
      throw new UsageException(
          "--kv-heads "
              + keyValueHeads
              + ": does not divide heads "
              + heads
              + ", expected as many query heads for each key/value head");
    }
  }

  /** The shape that the options alone say. */
  static LayerShape withoutWeights(Options options) {
    LayerShape shape =
        new LayerShape(
            options.modelDim(), options.heads(), options.keyValueHeads().orElse(options.heads()));
    shape.checkHeadGroups(options);
    return shape;
  }

  /** The shape of a weights file, which the options may only repeat. */
  static LayerShape ofWeights(Options options, int modelDim, int keyValueHeads) {
    if (options.given("--model-dim") && options.modelDim() != modelDim) {
      throw repeats("--model-dim", options.modelDim(), modelDim, options);
    }
    int typed = options.keyValueHeads().orElse(keyValueHeads);
    if (typed != keyValueHeads) {
      throw repeats("--kv-heads", typed, keyValueHeads, options);
    }
    LayerShape shape = new LayerShape(modelDim, options.heads(), keyValueHeads);
    shape.checkHeadGroups(options);
    return shape;
  }

  private static UsageException repeats(String option, int typed, int inFile, Options options) {
    return UsageException.unexpected(
        option, typed, inFile + " as in " + options.weights().orElseThrow());
  }

  private void checkHeadGroups(Options options) {
    int groups = options.headGroups().orElse(1);
    if (keyValueHeads % groups != 0) {
      throw new UsageException(
          "--head-groups "
              + groups
              + ": does not divide "
              + keyValueHeads
              + " key/value heads, expected groups of equal size");
    }
  }
}
