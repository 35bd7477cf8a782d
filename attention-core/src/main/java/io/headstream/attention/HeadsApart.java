package io.headstream.attention;

import io.headstream.attention.internal.Checks;
import io.headstream.attention.internal.kernel.PackedProjection;
import io.headstream.attention.internal.kernel.TileKernel;

/**
 * A layer on several threads where its heads are few for them: all of Q, K and V are projected at
 * once, and then heads and blocks of queries are tasks. Takes the room of all three, where
 * otherwise each thread takes that of its heads.
 */
final class HeadsApart {
  private final MultiHeadAttention layer;
  private final int modelDim;
  private final int headDim;
  private final int heads;
  private final int columns; // of K and V

  HeadsApart(MultiHeadAttention layer) {
    this.layer = layer;
    this.modelDim = layer.modelDim();
    this.headDim = layer.headDim();
    this.heads = layer.heads();
    this.columns = layer.keyValueHeads() * headDim;
  }

  /** Attends, up to the concatenation of the heads. */
  void attend(
      int batch,
      int queryLength,
      int keyLength,
      float[] query,
      int queryOffset,
      float[] key,
      int keyOffset,
      float[] value,
      int valueOffset,
      float[] concatenated,
      float[] weights,
      int threads,
      AttentionOptions options,
      Workspace workspace) {
    int queryRows = batch * queryLength;
    int keyRows = batch * keyLength;
    float[] q = workspace.queries(Checks.size("queries", queryRows, modelDim));
    float[] k = workspace.keys(Checks.size("keys", keyRows, columns));
    float[] v = workspace.values(Checks.size("values", keyRows, columns));
    project(layer.query, queryRows, query, queryOffset, modelDim, q, modelDim, options, workspace);
    int keyInput = layer.keyInputDim();
    project(layer.key, keyRows, key, keyOffset, keyInput, k, columns, options, workspace);
    int valueInput = layer.valueInputDim();
    project(layer.value, keyRows, value, valueOffset, valueInput, v, columns, options, workspace);
    attendProjected(
        batch, queryLength, keyLength, q, k, v, concatenated, weights, threads, options, workspace);
  }

  private static void project(
      PackedProjection projection,
      int rows,
      float[] x,
      int xOffset,
      int inputs,
      float[] y,
      int outputs,
      AttentionOptions options,
      Workspace workspace) {
    ParallelProjection.run(
        projection, rows, x, xOffset, inputs, 0, outputs, y, 0, outputs, options, workspace);
  }

  private void attendProjected(
      int batch,
      int queryLength,
      int keyLength,
      float[] q,
      float[] k,
      float[] v,
      float[] concatenated,
      float[] weights,
      int threads,
      AttentionOptions options,
      Workspace workspace) {
    int blocks = (queryLength + TileKernel.BLOCK - 1) / TileKernel.BLOCK;
    int tasks = batch * heads;
    int parts = options.results() != null ? 1 : ParallelTasks.parts(tasks, threads, blocks);
    workspace.reserve(options.threads());
    ParallelTasks.run(
        tasks * parts,
        options,
        (worker, n) -> {
          HeadAttention attention = workspace.ofWorker(worker).attention();
          int member = n / parts / heads;
          int head = n / parts % heads;
          int keyAt = member * keyLength * columns + head / layer.headsPerKeyValueHead() * headDim;
          int at = member * queryLength * modelDim + head * headDim;
          attention.rows().k().set(k, keyAt, columns);
          attention.rows().v().set(v, keyAt, columns);
          attention.q().set(q, at, modelDim);
          attention.out().set(concatenated, at, modelDim);
          int resultRow = (member * heads + head) * queryLength;
          attention.results().begin(options.results(), weights, resultRow, keyLength);
          attention.attendPart(
              n % parts,
              parts,
              member,
              head,
              headDim,
              headDim,
              queryLength,
              attention.rows(),
              keyLength,
              options);
        });
  }
}
