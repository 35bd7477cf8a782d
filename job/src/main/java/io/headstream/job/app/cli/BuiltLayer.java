package io.headstream.job.app.cli;

/**
 * The attention layer of a job that was built.
 *
 * @param shape with all that was left open in the options
 * @param weightsDigest SHA-256 of the weights of a file; null for weights made from a seed, and
 *     where the job does not checkpoint into a folder that outlives it
 * @param tableDigest SHA-256 of the embedding table; null without one
 */
public record BuiltLayer(LayerShape shape, String weightsDigest, String tableDigest) {

  /** A layer without an embedding table before it. */
  public BuiltLayer(LayerShape shape, String weightsDigest) {
    this(shape, weightsDigest, null);
  }

  /** The same layer with the head groups that were picked. */
  public BuiltLayer withHeadGroups(int groups) {
    return new BuiltLayer(shape.withHeadGroups(groups), weightsDigest, tableDigest);
  }
}
