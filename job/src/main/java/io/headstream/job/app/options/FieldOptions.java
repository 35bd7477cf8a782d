package io.headstream.job.app.options;

import io.headstream.job.app.json.FloatEncoding;
import io.headstream.job.app.json.TokenFormat;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** The form of a token record: what its fields are called, and how embeddings are written. */
final class FieldOptions {
  @StateDepends(true)
  @Option(
      names = "--id-field",
      paramLabel = "NAME",
      defaultValue = "sequence_id",
      converter = Values.FieldName.class,
      description = "what sequence_id is called, in and out. Default: ${DEFAULT-VALUE}")
  String id;

  @StateDepends(true)
  @Option(
      names = "--position-field",
      paramLabel = "NAME",
      defaultValue = "position",
      converter = Values.FieldName.class,
      description = "what position is called, in and out. Default: ${DEFAULT-VALUE}")
  String position;

  @StateDepends(true)
  @Option(
      names = "--embedding-field",
      paramLabel = "NAME",
      defaultValue = "embedding",
      converter = Values.FieldName.class,
      description =
          "what embedding is called, in and out; as base64 it is called NAME_f32. Default:"
              + " ${DEFAULT-VALUE}")
  String embedding;

  @StateDepends(true)
  @Option(
      names = "--token-field",
      paramLabel = "NAME",
      defaultValue = "token",
      converter = Values.FieldName.class,
      description =
          "what token, an index into the embedding table, is called. Default: ${DEFAULT-VALUE}")
  String token;

  @StateDepends(true)
  @Option(
      names = "--label-field",
      paramLabel = "NAME",
      defaultValue = "label",
      converter = Values.FieldName.class,
      description = "what label is called, in and out. Default: ${DEFAULT-VALUE}")
  String label;

  @StateDepends(true)
  @Option(
      names = "--timestamp-field",
      paramLabel = "NAME",
      defaultValue = "timestamp",
      converter = Values.FieldName.class,
      description = "what timestamp is called, in and out. Default: ${DEFAULT-VALUE}")
  String timestamp;

  @StateDepends(true)
  @Option(
      names = "--last-field",
      paramLabel = "NAME",
      defaultValue = "last",
      converter = Values.FieldName.class,
      description = "what last is called, in and out. Default: ${DEFAULT-VALUE}")
  String last;

  @StateDepends(true)
  @Option(
      names = "--output-encoding",
      paramLabel = "json|f32",
      defaultValue = "json",
      converter = Values.Encoding.class,
      description =
          "json: embeddings as numbers. f32: as embedding_f32, base64 of little-endian float32."
              + " Both are read. Default: ${DEFAULT-VALUE}")
  FloatEncoding encoding;

  /**
   * The format that the options describe.
   *
   * @throws UsageException if two fields have one name
   */
  TokenFormat format() {
    Map<String, String> optionsByName = new HashMap<>();
    claim(id, "--id-field", optionsByName);
    claim(position, "--position-field", optionsByName);
    claim(embedding, "--embedding-field", optionsByName);
    claim(embedding + TokenFormat.BASE64_SUFFIX, "--embedding-field", optionsByName);
    claim(token, "--token-field", optionsByName);
    claim(label, "--label-field", optionsByName);
    claim(timestamp, "--timestamp-field", optionsByName);
    claim(last, "--last-field", optionsByName);
    return new TokenFormat(id, position, embedding, token, label, timestamp, last, encoding);
  }

  private static void claim(String name, String option, Map<String, String> optionsByName) {
    String other = optionsByName.put(name, option);
    if (other != null) {
      throw UsageException.unexpected(option, name, "another name than that of " + other);
    }
  }
}
