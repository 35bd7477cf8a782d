package io.headstream.job.app.options;

import picocli.CommandLine.Option;

/** Embeddings that do not come in the record. */
final class EmbeddingOptions {
  @StateDepends(true)
  @Option(
      names = "--embedding-table",
      paramLabel = "FILE[:TENSOR]",
      converter = Values.Location.class,
      description =
          "a safetensors file with a tensor [tokens, D], so that a record may have token, an index"
              + " into it, in place of an embedding; without TENSOR the file's only one. Default:"
              + " none")
  String table;

  @StateDepends(true)
  @Option(
      names = "--positions",
      paramLabel = "none|sinusoidal",
      defaultValue = "none",
      converter = Values.Positions.class,
      description =
          "sinusoidal: the encoding of the token's position (section 3.5 of the paper) is added to"
              + " what comes from the embedding table. Default: ${DEFAULT-VALUE}")
  String positions;
}
