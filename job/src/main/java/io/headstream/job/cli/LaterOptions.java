package io.headstream.job.cli;

import picocli.CommandLine.Option;

/** Options that have their names already but not their work: refused, never ignored. */
final class LaterOptions {
  /** How {@code --help} marks them. */
  private static final String NOT_YET = " (not in this version yet)";

  @Option(
      names = "--attention-weights",
      paramLabel = "URI",
      description = "where attention weights are written" + NOT_YET + ". Default: none")
  String attentionWeights;

  @Option(
      names = "--attention-weights-for",
      paramLabel = "ID[,ID...]",
      description =
          "the sequences whose attention weights are written" + NOT_YET + ". Default: none")
  String attentionWeightsFor;

  @Option(
      names = "--attention-weights-sample",
      paramLabel = "N",
      description =
          "write the attention weights of every Nth sequence" + NOT_YET + ". Default: none")
  String attentionWeightsSample;
}
