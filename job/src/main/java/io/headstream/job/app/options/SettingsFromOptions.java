package io.headstream.job.app.options;

import io.headstream.job.AttentionSettings;
import io.headstream.job.ModelSettings;
import io.headstream.job.Placement;
import io.headstream.job.weights.AttendOptions;

/** The settings of the attention layer that the options say, and the weights where there are. */
public final class SettingsFromOptions {
  /** What {@code auto} stands for until the job knows its slots, and picks. */
  private static final int AUTO_HEAD_GROUPS = 1;

  private SettingsFromOptions() {}

  /**
   * The settings that the options alone say.
   *
   * @throws UsageException if they do not fit one another
   */
  public static AttentionSettings withoutWeights(Options options) {
    return settings(options, options.modelDim(), options.keyValueHeads().orElse(options.heads()));
  }

  /**
   * The settings for a weights file, whose dimensions the options may only repeat.
   *
   * @param modelDim as in the file
   * @param keyValueHeads as in the file
   * @throws UsageException if an option says otherwise, or the settings do not fit one another
   */
  public static AttentionSettings ofWeights(Options options, int modelDim, int keyValueHeads) {
    if (options.given("--model-dim") && options.modelDim() != modelDim) {
      throw repeats("--model-dim", options.modelDim(), modelDim, options);
    }
    int typed = options.keyValueHeads().orElse(keyValueHeads);
    if (typed != keyValueHeads) {
      throw repeats("--kv-heads", typed, keyValueHeads, options);
    }
    return settings(options, modelDim, keyValueHeads);
  }

  private static UsageException repeats(String option, int typed, int inFile, Options options) {
    return UsageException.unexpected(
        option, typed, inFile + " as in " + options.weights().orElseThrow());
  }

  private static AttentionSettings settings(Options options, int modelDim, int keyValueHeads) {
    try {
      AttendOptions attention =
          new AttendOptions(
              options.causal(),
              options.window(),
              options.causal() ? options.sinks() : 0,
              options.dropout(),
              options.dropoutSeed());
      return new AttentionSettings(
          new ModelSettings(modelDim, options.heads(), keyValueHeads, attention),
          options.stream(),
          new Placement(options.headGroups().orElse(AUTO_HEAD_GROUPS), options.pageCacheBytes()));
    } catch (IllegalArgumentException e) {
      throw new UsageException("--" + e.getMessage()); // which begins with the option's name
    }
  }
}
