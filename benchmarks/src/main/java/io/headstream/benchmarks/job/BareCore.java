package io.headstream.benchmarks.job;

import io.headstream.attention.AttentionMask;
import io.headstream.attention.AttentionOptions;
import io.headstream.attention.MultiHeadAttention;
import io.headstream.attention.Workspace;
import io.headstream.attention.cache.KeyValueCache;
import io.headstream.attention.weights.AttentionParameters;
import io.headstream.job.records.Block;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** The core without a job around it: each thread attends over the same sequences. */
final class BareCore {
  private BareCore() {}

  /** Starts the threads, which work until they are told to stop. */
  static List<Thread> start(Shape shape, int threads, AtomicBoolean stop) {
    MultiHeadAttention layer =
        new MultiHeadAttention(
            AttentionParameters.xavierUniform(
                shape.modelDim(), shape.heads(), shape.heads(), Work.SEED));
    List<float[]> inputs = Sequences.of(shape).stream().map(Block::values).toList();
    List<Thread> started = new ArrayList<>();
    for (int thread = 0; thread < threads; thread++) {
      int first = thread * inputs.size() / threads;
      Thread one = new Thread(() -> attend(layer, shape, inputs, first, stop), "core-" + thread);
      one.start();
      started.add(one);
    }
    return started;
  }

  /**
   * The same for tokens that come one by one, each answered from its sequence's cache.
   *
   * @param each how many sequences a thread has
   */
  static List<Thread> startDecoding(Shape shape, int threads, int each, AtomicBoolean stop) {
    MultiHeadAttention layer =
        new MultiHeadAttention(
            AttentionParameters.xavierUniform(
                shape.modelDim(), shape.heads(), shape.heads(), Work.SEED));
    float[][] embeddings = Sequences.embeddings(shape);
    List<Thread> started = new ArrayList<>();
    for (int thread = 0; thread < threads; thread++) {
      int first = thread * each;
      Thread one = new Thread(() -> decode(layer, shape, embeddings, first, each, stop), "core");
      one.start();
      started.add(one);
    }
    return started;
  }

  private static void decode(
      MultiHeadAttention layer,
      Shape shape,
      float[][] embeddings,
      int first,
      int each,
      AtomicBoolean stop) {
    KeyValueCache[] caches = new KeyValueCache[each];
    for (int s = 0; s < caches.length; s++) {
      caches[s] =
          KeyValueCache.sliding(
              shape.heads(), layer.headDim(), layer.headDim(), shape.length() - 1, 0);
    }
    AttentionOptions options = AttentionOptions.defaults().withWorkspace(new Workspace());
    float[] out = new float[shape.modelDim()];
    for (long sent = 0; !stop.get(); sent++) {
      int number = (int) (sent % caches.length);
      float[] embedding = embeddings[(int) (sent % embeddings.length)];
      Meter.send(first + number);
      layer.attend(1, embedding, 0, caches[number], out, 0, options);
      Meter.arrived(first + number, 1);
    }
  }

  private static void attend(
      MultiHeadAttention layer, Shape shape, List<float[]> inputs, int first, AtomicBoolean stop) {
    AttentionOptions options =
        AttentionOptions.defaults()
            .withMask(shape.causal() ? AttentionMask.causal() : AttentionMask.none())
            .withWorkspace(new Workspace());
    float[] out = new float[shape.length() * shape.modelDim()];
    for (int index = first; !stop.get(); index++) {
      int number = index % inputs.size();
      Meter.send(number);
      layer.attend(1, shape.length(), inputs.get(number), 0, out, 0, options);
      Meter.arrived(number, shape.length());
    }
  }
}
