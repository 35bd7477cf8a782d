package io.headstream.job.app.options;

import java.util.List;
import picocli.CommandLine.Option;

/** Whose attention weights come out, and where. */
final class AttentionMapOptions {
  @StateDepends(true)
  @Option(
      names = "--attention-weights",
      paramLabel = "URI",
      converter = Values.Location.class,
      description =
          "the folder or kafka:TOPIC for attention weights, one record a sequence and head, in token"
              + " mode a token and head; with one of the next two. ./headstream view shows them."
              + " Default: none")
  String uri;

  @StateDepends(true)
  @Option(
      names = "--attention-weights-for",
      paramLabel = "ID[,ID...]",
      converter = Values.Ids.class,
      description =
          "the sequences whose attention weights are written; \\, is a comma in an ID, and the"
              + " option may be repeated. Default: none")
  List<String> ids;

  @StateDepends(true)
  @Option(
      names = "--attention-weights-sample",
      paramLabel = "N",
      converter = Values.Count.class,
      description =
          "write the attention weights of every Nth sequence, in token mode of all its tokens, chosen"
              + " by a hash of its ID; 1 is all. Default: none")
  Integer every;
}
