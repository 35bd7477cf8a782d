package io.headstream.benchmarks.job;

import io.headstream.job.records.Block;
import io.headstream.job.records.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Sequences that lie in memory and are sent again and again, so that no source is measured. */
final class Sequences {
  private static final long BYTES = 64 << 20;
  private static final int MOST = 2_000;

  /** How many sequences that never end a subtask has. */
  static final int ENDLESS = 8;

  private Sequences() {}

  /** Embeddings for tokens that are sent one by one. */
  static float[][] embeddings(Shape shape) {
    SplittableRandom random = new SplittableRandom(9);
    float[][] embeddings = new float[1_000][shape.modelDim()];
    for (float[] embedding : embeddings) {
      for (int c = 0; c < embedding.length; c++) {
        embedding[c] = (float) random.nextDouble(-1, 1);
      }
    }
    return embeddings;
  }

  /** How many different ones there are of a shape: a few caches full. */
  static int count(Shape shape) {
    long each = 4L * shape.length() * shape.modelDim();
    return (int) Math.max(16, Math.min(MOST, BYTES / each));
  }

  private static Shape lastShape; // guarded by this class
  private static List<Block> last;

  /** Those of a shape, one copy for all subtasks. */
  static synchronized List<Block> of(Shape shape) {
    if (!shape.equals(lastShape)) {
      last = null;
      last = make(shape);
      lastShape = shape;
    }
    return last;
  }

  private static List<Block> make(Shape shape) {
    SplittableRandom random = new SplittableRandom(7);
    List<Block> sequences = new ArrayList<>();
    for (int s = 0; s < count(shape); s++) {
      List<Token> tokens = new ArrayList<>();
      for (int i = 0; i < shape.length(); i++) {
        float[] embedding = new float[shape.modelDim()];
        for (int c = 0; c < embedding.length; c++) {
          embedding[c] = (float) random.nextDouble(-1, 1);
        }
        tokens.add(Token.of(Integer.toString(s), i, embedding, i == shape.length() - 1));
      }
      sequences.add(Block.ofSequence(Integer.toString(s), tokens));
    }
    return sequences;
  }
}
