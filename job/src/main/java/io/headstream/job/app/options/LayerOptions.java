package io.headstream.job.app.options;

import picocli.CommandLine.Option;

/** The attention layer: its shape, its weights, who sees whom. */
final class LayerOptions {
  @StateDepends(true)
  @Option(
      names = "--weights",
      paramLabel = "FILE",
      converter = Values.Location.class,
      description = "a safetensors file. Default: none, seeded Xavier-uniform weights")
  String weights;

  @StateDepends(false)
  @Option(
      names = "--weights-prefix",
      paramLabel = "P",
      defaultValue = "",
      converter = Values.Text.class,
      description = "what stands before the tensor names in the file. Default: empty")
  String weightsPrefix;

  @StateDepends(true)
  @Option(
      names = "--model-dim",
      paramLabel = "D",
      defaultValue = "64",
      converter = Values.ModelDim.class,
      description =
          "size of a token's embedding; with --weights it comes from the file and may only repeat"
              + " it. Default: ${DEFAULT-VALUE}")
  int modelDim;

  @StateDepends(true)
  @Option(
      names = "--heads",
      paramLabel = "H",
      defaultValue = "4",
      converter = Values.Count.class,
      description = "query heads; H divides D. Default: ${DEFAULT-VALUE}")
  int heads;

  @StateDepends(true)
  @Option(
      names = "--kv-heads",
      paramLabel = "K",
      converter = Values.Count.class,
      description =
          "key/value heads; K divides H; with --weights K comes from the file and may only be"
              + " repeated. Default: H")
  Integer keyValueHeads;

  @StateDepends(true)
  @Option(
      names = "--mask",
      paramLabel = "none|causal",
      defaultValue = "none",
      converter = Values.Mask.class,
      description = "who sees whom. Default: ${DEFAULT-VALUE}")
  String mask;

  @StateDepends(true)
  @Option(
      names = "--window",
      paramLabel = "N",
      converter = Values.CountOrZero.class,
      description =
          "a query sees itself and the N positions before it; 0 is itself alone; implies causal."
              + " Default: unlimited")
  Integer window;

  @StateDepends(true)
  @Option(
      names = "--sinks",
      paramLabel = "N",
      defaultValue = "0",
      converter = Values.CountOrZero.class,
      description =
          "the first N positions stay visible although outside the window. Default:"
              + " ${DEFAULT-VALUE}")
  int sinks;

  @StateDepends(true)
  @Option(
      names = "--head-groups",
      paramLabel = "G|auto",
      defaultValue = "auto",
      converter = Values.CountOrAuto.class,
      description =
          "how many parallel parts the heads are fanned out into; G divides K. Default:"
              + " ${DEFAULT-VALUE}")
  Integer headGroups;

  @StateDepends(true)
  @Option(
      names = "--dropout",
      paramLabel = "P",
      defaultValue = "0",
      converter = Values.DropoutRate.class,
      description = "dropout on the attention weights, 0 <= P < 1. Default: ${DEFAULT-VALUE}")
  double dropout;

  @StateDepends(true)
  @Option(
      names = "--dropout-seed",
      paramLabel = "S",
      defaultValue = "0",
      converter = Values.Seed.class,
      description = "seed of the dropout mask. Default: ${DEFAULT-VALUE}")
  long dropoutSeed;

  @StateDepends(true)
  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      converter = Values.Seed.class,
      description = "seed of generated weights and of text embeddings. Default: ${DEFAULT-VALUE}")
  long seed;
}
