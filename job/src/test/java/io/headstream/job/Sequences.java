package io.headstream.job;

import io.headstream.attention.AttentionMask;
import io.headstream.attention.AttentionOptions;
import io.headstream.attention.MultiHeadAttention;
import io.headstream.attention.Reference;
import io.headstream.attention.weights.AttentionParameters;
import io.headstream.attention.weights.WeightsLayout;
import io.headstream.job.app.json.TokenJson;
import io.headstream.job.records.Block;
import io.headstream.job.records.Token;
import io.headstream.safetensors.TensorType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/** Random sequences and weights of a seed, as files, and what the formula answers. */
public final class Sequences {
  final int modelDim;
  final AttentionParameters weights;
  public final List<List<Token>> sequences = new ArrayList<>();

  public Sequences(long seed, int count, int maxLength, int modelDim, int heads) {
    this(seed, count, maxLength, modelDim, heads, heads);
  }

  Sequences(long seed, int count, int maxLength, int modelDim, int heads, int keyValueHeads) {
    this.modelDim = modelDim;
    SplittableRandom random = new SplittableRandom(seed);
    double bound = 1 / Math.sqrt(modelDim);
    int square = modelDim * modelDim;
    int keyValueRows = modelDim / heads * keyValueHeads;
    weights =
        AttentionParameters.of(
            modelDim,
            heads,
            keyValueHeads,
            Reference.uniform(random, square, bound),
            Reference.uniform(random, keyValueRows * modelDim, bound),
            Reference.uniform(random, keyValueRows * modelDim, bound),
            Reference.uniform(random, square, bound),
            Reference.uniform(random, modelDim, bound),
            Reference.uniform(random, keyValueRows, bound),
            Reference.uniform(random, keyValueRows, bound),
            Reference.uniform(random, modelDim, bound));
    for (int s = 0; s < count; s++) {
      sequences.add(sequence("seq-" + s, 1 + random.nextInt(maxLength), random));
    }
  }

  private List<Token> sequence(String id, int length, SplittableRandom random) {
    List<Token> tokens = new ArrayList<>();
    for (int position = 0; position < length; position++) {
      float[] embedding = Reference.uniform(random, modelDim, 1.7);
      tokens.add(Token.of(id, position, embedding, position == length - 1));
    }
    return tokens;
  }

  /** The first tokens of all sequences, then the second ones, and so on. */
  public List<Token> interleaved() {
    return interleaved(sequences.size());
  }

  /** So many sequences interleaved, then as many others: a stream with that many open at a time. */
  public List<Token> interleaved(int open) {
    List<Token> tokens = new ArrayList<>();
    for (int first = 0; first < sequences.size(); first += open) {
      List<List<Token>> group = sequences.subList(first, Math.min(first + open, sequences.size()));
      int longest = group.stream().mapToInt(List::size).max().orElseThrow();
      for (int position = 0; position < longest; position++) {
        for (List<Token> sequence : group) {
          if (position < sequence.size()) {
            tokens.add(sequence.get(position));
          }
        }
      }
    }
    return tokens;
  }

  /** All tokens in an order of their own. */
  public List<Token> shuffled(long seed) {
    List<Token> tokens = interleaved();
    Collections.shuffle(tokens, new Random(seed));
    return tokens;
  }

  public Path writeWeights(Path file) throws IOException {
    boolean grouped = weights.keyValueHeads() < weights.heads();
    WeightsLayout layout = grouped ? WeightsLayout.SEPARATE : WeightsLayout.PACKED;
    weights.write(file, "", TensorType.F32, layout);
    return file;
  }

  /** Writes tokens as JSON Lines, dealt out to several files. */
  public static Path write(List<Token> tokens, Path folder, int files) throws IOException {
    Files.createDirectories(folder);
    for (int file = 0; file < files; file++) {
      ByteArrayOutputStream lines = new ByteArrayOutputStream();
      for (int i = file; i < tokens.size(); i += files) {
        lines.write(TokenJson.bytes(tokens.get(i)));
        lines.write('\n');
      }
      Files.write(folder.resolve("tokens-" + file + ".jsonl"), lines.toByteArray());
    }
    return folder;
  }

  /** The formula's answers of one sequence in double precision, {@code [length, modelDim]}. */
  double[] expected(List<Token> sequence, boolean causal) {
    float[] x = new float[sequence.size() * modelDim];
    for (Token token : sequence) {
      System.arraycopy(token.embedding(), 0, x, token.position() * modelDim, modelDim);
    }
    return Reference.multiHead(weights, x, sequence.size(), (i, j) -> !causal || j <= i ? 1 : 0);
  }

  /** A row of {@link #expected}. */
  double[] expectedRow(double[] expected, int position) {
    return Arrays.copyOfRange(expected, position * modelDim, (position + 1) * modelDim);
  }

  /**
   * What the library answers when it is called without Flink, sorted as {@link
   * PartFiles#sortedAnswers} sorts.
   */
  public List<String> libraryAnswers(boolean causal) {
    return libraryAnswers(causal ? AttentionMask.causal() : AttentionMask.none());
  }

  /** The same with any mask. */
  List<String> libraryAnswers(AttentionMask mask) {
    MultiHeadAttention layer = new MultiHeadAttention(weights);
    AttentionOptions options = AttentionOptions.defaults().withMask(mask);
    List<String> lines = new ArrayList<>();
    sequences.stream()
        .sorted((a, b) -> a.get(0).sequenceId().compareTo(b.get(0).sequenceId()))
        .forEach(sequence -> lines.addAll(libraryAnswers(layer, sequence, options)));
    return lines;
  }

  /** The same of one sequence. */
  public static List<String> libraryAnswers(
      MultiHeadAttention layer, List<Token> sequence, AttentionOptions options) {
    int modelDim = layer.modelDim();
    float[] x = Block.ofSequence(sequence.get(0).sequenceId(), sequence).values();
    float[] y = layer.attend(1, sequence.size(), x, options);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < sequence.size(); i++) {
      Token answer =
          sequence.get(i).withEmbedding(Arrays.copyOfRange(y, i * modelDim, (i + 1) * modelDim));
      lines.add(new String(TokenJson.bytes(answer), StandardCharsets.UTF_8));
    }
    return lines;
  }
}
