package io.headstream.job.app.cli;

/**
 * The dimensions of the attention layer.
 *
 * @param modelDim the size of a token's embedding
 * @param heads query heads; divides modelDim
 * @param keyValueHeads key/value heads; divides heads
 * @param headGroups how many parallel parts the heads are fanned out into; divides keyValueHeads
 */
public record LayerShape(int modelDim, int heads, int keyValueHeads, int headGroups) {
  /** What {@code auto} stands for until the job knows its slots, and picks. */
  private static final int AUTO_HEAD_GROUPS = 1;

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
    if (keyValueHeads % headGroups != 0) {
      throw new UsageException(
          "--head-groups "
              + headGroups
              + ": does not divide "
              + keyValueHeads
              + " key/value heads, expected groups of equal size");
    }
  }

  /**
   * The shape that the options alone say.
   *
   * @throws UsageException if a count does not divide
   */
  public static LayerShape withoutWeights(Options options) {
    return new LayerShape(
        options.modelDim(),
        options.heads(),
        options.keyValueHeads().orElse(options.heads()),
        headGroups(options));
  }

  /**
   * The shape of a weights file, which the options may only repeat.
   *
   * @param modelDim as in the file
   * @param keyValueHeads as in the file
   * @throws UsageException if an option says otherwise, or a count does not divide
   */
  public static LayerShape ofWeights(Options options, int modelDim, int keyValueHeads) {
    if (options.given("--model-dim") && options.modelDim() != modelDim) {
      throw repeats("--model-dim", options.modelDim(), modelDim, options);
    }
    int typed = options.keyValueHeads().orElse(keyValueHeads);
    if (typed != keyValueHeads) {
      throw repeats("--kv-heads", typed, keyValueHeads, options);
    }
    return new LayerShape(modelDim, options.heads(), keyValueHeads, headGroups(options));
  }

  /** This shape with the head groups that were picked. */
  public LayerShape withHeadGroups(int groups) {
    return new LayerShape(modelDim, heads, keyValueHeads, groups);
  }

  private static UsageException repeats(String option, int typed, int inFile, Options options) {
    return UsageException.unexpected(
        option, typed, inFile + " as in " + options.weights().orElseThrow());
  }

  private static int headGroups(Options options) {
    return options.headGroups().orElse(AUTO_HEAD_GROUPS);
  }
}
