package io.headstream.benchmarks.peers;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.headstream.transformer.ModelWorkspace;
import io.headstream.transformer.SequenceBatch;
import io.headstream.transformer.TransformerModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A whole sentence encoder beside ONNX Runtime on the same weights, on one thread: texts of one
 * length, one at a time, and texts of mixed length. Ours and theirs in turn; prints minima.
 */
public final class ModelSpeed {
  private static final long SEED = 20_261_129;
  private static final int LEAST_LENGTH = 8;
  private static final int MOST_LENGTH = 128;
  private static final int TEXTS = 256;
  private static final int PADDED_BATCH = 32;

  /** Rows that ours computes at once: their inner channels stay in the cache. */
  private static final int ROWS_AT_ONCE = 1024;

  private final TransformerModel model;
  private final ModelWorkspace workspace = new ModelWorkspace();
  private final Map<String, OnnxEncoder> peers = new LinkedHashMap<>();
  private final int rounds;
  private final double seconds;

  private ModelSpeed(TransformerModel model, int rounds, double seconds) {
    this.model = model;
    this.rounds = rounds;
    this.seconds = seconds;
  }

  /**
   * Measures.
   *
   * @param arguments the checkpoint folder, the ONNX file of the same model, and if need be rounds
   *     and seconds a case and round
   */
  public static void main(String[] arguments) throws Exception {
    int rounds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 5;
    double seconds = arguments.length > 3 ? Double.parseDouble(arguments[3]) : 1;
    TransformerModel model = TransformerModel.load(Path.of(arguments[0]));
    ModelSpeed speed = new ModelSpeed(model, rounds, seconds);
    for (OptLevel level : List.of(OptLevel.EXTENDED_OPT, OptLevel.ALL_OPT)) {
      speed.peers.put(level.name(), new OnnxEncoder(Path.of(arguments[1]), level));
    }
    speed.run();
  }

  private void run() throws OrtException {
    System.out.println("case,ours_ms,ort_ms,ratio,ours_gflops,largest_difference");
    SplittableRandom random = new SplittableRandom(SEED);
    for (int length : new int[] {16, 64, 128, 512}) {
      oneAtATime("length " + length, List.of(text(length, random)));
    }
    List<int[]> texts = new ArrayList<>();
    for (int t = 0; t < TEXTS; t++) {
      texts.add(text(random.nextInt(LEAST_LENGTH, MOST_LENGTH + 1), random));
    }
    mixed(texts);
  }

  private int[] text(int length, SplittableRandom random) {
    return random.ints(length, 1000, Math.min(30_000, model.vocabulary())).toArray();
  }

  private void oneAtATime(String name, List<int[]> texts) throws OrtException {
    List<Contender> contenders = new ArrayList<>();
    contenders.add(() -> packed(texts));
    for (OnnxEncoder peer : peers.values()) {
      contenders.add(() -> peer.hidden(texts));
    }
    print(name, texts, measure(contenders), 1);
  }

  private void mixed(List<int[]> texts) throws OrtException {
    List<int[]> sorted = new ArrayList<>(texts);
    sorted.sort(Comparator.comparingInt(text -> text.length));
    OnnxEncoder peer = peers.get(OptLevel.ALL_OPT.name());
    double[] millis =
        measure(
            List.of(
                () -> packed(texts),
                () -> batches(peer, texts),
                () -> batches(peer, sorted),
                () -> {
                  for (int[] text : texts) {
                    peer.hidden(List.of(text));
                  }
                }));
    String what = TEXTS + " texts of " + LEAST_LENGTH + " to " + MOST_LENGTH;
    print(what + " against padded batches of 32", texts, new double[] {millis[0], millis[1]}, 1);
    print(what + " against those sorted by length", texts, new double[] {millis[0], millis[2]}, 1);
    print(what + " against one by one", texts, new double[] {millis[0], millis[3]}, 1);
  }

  private static void batches(OnnxEncoder peer, List<int[]> texts) throws OrtException {
    for (int t = 0; t < texts.size(); t += PADDED_BATCH) {
      peer.hidden(texts.subList(t, Math.min(texts.size(), t + PADDED_BATCH)));
    }
  }

  /** Texts one behind the other without padding, as many rows at once as stay in the cache. */
  private float[][] packed(List<int[]> texts) {
    float[][] vectors = null;
    SequenceBatch batch = new SequenceBatch();
    int rows = 0;
    for (int t = 0; t < texts.size(); t++) {
      batch.add(texts.get(t));
      rows += texts.get(t).length;
      if (rows >= ROWS_AT_ONCE || t == texts.size() - 1) {
        vectors = model.embed(batch, workspace);
        batch.clear();
        rows = 0;
      }
    }
    return vectors;
  }

  private interface Contender {
    void run() throws OrtException;
  }

  private double[] measure(List<Contender> contenders) throws OrtException {
    double[] least = new double[contenders.size()];
    Arrays.fill(least, Double.MAX_VALUE);
    for (int round = 0; round <= rounds; round++) { // the first warms up
      for (int c = 0; c < least.length; c++) {
        long begin = System.nanoTime();
        do {
          long start = System.nanoTime();
          contenders.get(c).run();
          double millis = (System.nanoTime() - start) / 1e6;
          if (round > 0) {
            least[c] = Math.min(least[c], millis);
          }
        } while (System.nanoTime() - begin < (round == 0 ? 3 : 1) * seconds * 1e9);
      }
    }
    return least;
  }

  /** The first is ours, of the others the best counts. */
  private void print(String name, List<int[]> texts, double[] millis, int first)
      throws OrtException {
    double best = Arrays.stream(millis, first, millis.length).min().orElseThrow();
    double operations = texts.stream().mapToDouble(text -> operations(text.length)).sum();
    System.out.printf(
        "%s,%.3f,%.3f,%.2f,%.1f,%.1e%n",
        name,
        millis[0],
        best,
        best / millis[0],
        operations / millis[0] / 1e6,
        largestDifference(texts.get(0)));
  }

  /** Floating-point operations of projections and attention, two a multiply-add. */
  private double operations(int length) {
    var shape = model.description().shape();
    double dim = shape.modelDim();
    double attention = 2.0 * length * length * dim;
    double projections = length * (4 * dim * dim + 2 * dim * shape.feedForwardDim());
    return 2 * shape.layers() * (attention + projections);
  }

  private double largestDifference(int[] text) throws OrtException {
    float[] ours = model.forward(text);
    float[] theirs = peers.get(OptLevel.ALL_OPT.name()).hidden(List.of(text));
    double largest = 0;
    double scale = 0;
    for (int i = 0; i < ours.length; i++) {
      largest = Math.max(largest, Math.abs((double) ours[i] - theirs[i]));
      scale = Math.max(scale, Math.abs(theirs[i]));
    }
    return largest / scale;
  }
}
