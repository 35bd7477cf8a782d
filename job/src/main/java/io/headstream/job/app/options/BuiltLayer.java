package io.headstream.job.app.options;

import io.headstream.job.AttentionSettings;
import io.headstream.job.app.source.EmbeddingTable;

/**
 * The attention layer of a job that was built.
 *
 * @param settings with all that was left open in the options
 * @param weightsDigest SHA-256 of the weights of a file; null for weights made from a seed, and
 *     where the job does not checkpoint into a folder that outlives it
 * @param table what was found in the embedding table; null without one
 */
public record BuiltLayer(
    AttentionSettings settings, String weightsDigest, EmbeddingTable.Checked table) {

  /** A layer without an embedding table before it. */
  public BuiltLayer(AttentionSettings settings, String weightsDigest) {
    this(settings, weightsDigest, null);
  }

  /** SHA-256 of the embedding table; null without one. */
  public String tableDigest() {
    return table == null ? null : table.digest();
  }

  /** The same layer with the settings that were completed. */
  public BuiltLayer with(AttentionSettings completed) {
    return new BuiltLayer(completed, weightsDigest, table);
  }
}
