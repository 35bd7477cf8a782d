package io.headstream.job.cli;

import picocli.CommandLine.Option;

/** Options that have their names already but not their work: refused, never ignored. */
final class LaterOptions {
  /** How {@code --help} marks them. */
  private static final String NOT_YET = " (not in this version yet)";

  @Option(
      names = "--mode",
      paramLabel = "sequence|token",
      defaultValue = "sequence",
      converter = Values.Mode.class,
      description =
          "sequence: attention over a completed sequence. token: each token is answered as it"
              + " arrives"
              + NOT_YET
              + ". Default: ${DEFAULT-VALUE}")
  String mode;

  @Option(
      names = "--max-disorder",
      paramLabel = "N",
      description =
          "token mode: how many tokens wait for an earlier one" + NOT_YET + ". Default: 64")
  String maxDisorder;

  @Option(
      names = "--window",
      paramLabel = "N",
      description =
          "a query sees itself and the N positions before it" + NOT_YET + ". Default: unlimited")
  String window;

  @Option(
      names = "--sinks",
      paramLabel = "N",
      description =
          "the first N positions stay visible although outside the window"
              + NOT_YET
              + ". Default: 0")
  String sinks;

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
