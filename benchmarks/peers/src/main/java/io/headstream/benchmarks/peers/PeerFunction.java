package io.headstream.benchmarks.peers;

import io.headstream.attention.AttentionMask;
import io.headstream.attention.AttentionOptions;
import io.headstream.attention.MultiHeadAttention;
import io.headstream.attention.weights.AttentionParameters;
import io.headstream.benchmarks.job.Shape;
import io.headstream.job.records.Block;
import io.headstream.job.records.Token;
import java.util.Arrays;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;

/** A sequence in, its answered tokens out: what all peers have in common with our operator. */
abstract class PeerFunction extends RichFlatMapFunction<Block, Token> {
  private static final long serialVersionUID = 1L;

  final Shape shape;
  private final long seed;

  private transient boolean checked;

  PeerFunction(Shape shape, long seed) {
    this.shape = shape;
    this.seed = seed;
  }

  final AttentionParameters weights() {
    return AttentionParameters.xavierUniform(shape.modelDim(), shape.heads(), shape.heads(), seed);
  }

  /** W_q, W_k and W_v below each other. */
  final float[] queryKeyValueWeight() {
    AttentionParameters weights = weights();
    int size = shape.modelDim() * shape.modelDim();
    float[] all = Arrays.copyOf(weights.queryWeight(), 3 * size);
    System.arraycopy(weights.keyWeight(), 0, all, size, size);
    System.arraycopy(weights.valueWeight(), 0, all, 2 * size, size);
    return all;
  }

  /** Attends over {@code [length, modelDim]} in place. */
  abstract void attend(float[] rows) throws Exception;

  @Override
  public final void flatMap(Block sequence, Collector<Token> out) throws Exception {
    int modelDim = shape.modelDim();
    float[] asked = checked ? null : sequence.values().clone();
    float[] rows = sequence.values(); // which the source has made for this record alone
    attend(rows);
    if (!checked) {
      checkAgainstOurs(asked, rows);
      checked = true;
    }
    for (int i = 0; i < shape.length(); i++) {
      float[] answer = Arrays.copyOfRange(rows, i * modelDim, (i + 1) * modelDim);
      out.collect(sequence.tokens().get(i).withEmbedding(answer));
    }
  }

  /** Whoever is measured beside us computes the same. */
  private void checkAgainstOurs(float[] asked, float[] rows) {
    AttentionMask mask = shape.causal() ? AttentionMask.causal() : AttentionMask.none();
    float[] ours =
        new MultiHeadAttention(weights())
            .attend(1, shape.length(), asked, AttentionOptions.defaults().withMask(mask));
    for (int i = 0; i < ours.length; i++) {
      if (!(Math.abs(ours[i] - rows[i]) < 1e-4)) {
        throw new IllegalStateException(
            "element %d is %s, ours is %s".formatted(i, rows[i], ours[i]));
      }
    }
  }
}
