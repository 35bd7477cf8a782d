package io.headstream.transformer;

import io.headstream.transformer.checkpoint.ModelException;
import io.headstream.transformer.checkpoint.TensorFiles;
import io.headstream.transformer.family.AnswerDesign.Kind;
import io.headstream.transformer.family.Families;
import io.headstream.transformer.family.ModelDescription;
import io.headstream.transformer.family.ModelFormat;
import io.headstream.transformer.family.ModelTensors;
import io.headstream.transformer.family.Role;
import io.headstream.transformer.layers.LayerStack;
import io.headstream.transformer.layers.ModelReader;
import io.headstream.transformer.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A whole trained model, from a checkpoint folder to its answers.
 *
 * <p>Embed two texts and compare them, with a sentence encoder whose vectors have length 1:
 *
 * <pre>{@code
 * TransformerModel model = TransformerModel.load(Path.of("all-MiniLM-L6-v2"));
 * float[] a = model.embed("attention over streams");
 * float[] b = model.embed("a stream is attended to");
 * double cosine = 0;
 * for (int c = 0; c < model.modelDim(); c++) {
 *   cosine += a[c] * b[c];
 * }
 * }</pre>
 *
 * <p>Score the next event of a sequence whose past is kept, event by event:
 *
 * <pre>{@code
 * TransformerModel model = TransformerModel.load(Path.of("transactions"));
 * ModelWorkspace workspace = new ModelWorkspace();
 * SequenceCache cache = model.newCache();
 * SequenceBatch batch = new SequenceBatch();
 * float[] hidden = new float[model.modelDim()];
 * model.forward(batch.clear().add(cache, 17), hidden, workspace);            // event 17 came
 * List<ScoredToken> next = model.nextTokens(10, hidden, 0, workspace);       // what may come
 * double loss = -model.logProbability(4, hidden, 0, workspace);              // 4 came: how likely?
 * }</pre>
 *
 * <p>A hidden state does not depend by a bit on what else is in the call, on how its sequence was
 * cut into blocks, on threads, JIT state or the machine. Weights are immutable, so that any number
 * of threads may use a model, each with a {@link ModelWorkspace} and batches of its own. Methods
 * without a workspace make one for the call.
 */
public final class TransformerModel {
  /** Rows of texts that are computed together: enough to be fast, and little memory. */
  private static final int ROWS_AT_ONCE = 1024;

  private final ModelDescription description;
  private final ModelBody body;
  private final NextTokens nextTokens; // null if it does not foretell
  private final Classifier classifier; // null if it does not classify
  private final SentencePooling pooling;
  private final Tokenizer tokenizer; // null if the folder has none

  private TransformerModel(
      ModelDescription description,
      ModelBody body,
      NextTokens nextTokens,
      Classifier classifier,
      SentencePooling pooling,
      Tokenizer tokenizer) {
    this.description = description;
    this.body = body;
    this.nextTokens = nextTokens;
    this.classifier = classifier;
    this.pooling = pooling;
    this.tokenizer = tokenizer;
  }

  /**
   * Loads a model.
   *
   * @param folder a checkpoint folder: {@code config.json}, and {@code model.safetensors} or shards
   *     with their index; {@code tokenizer.json} if it is to take texts; {@code modules.json} says
   *     how sentence vectors are made
   * @return the model
   * @throws io.headstream.transformer.checkpoint.ModelException if a file is missing or damaged,
   *     files do not agree, or something is asked for that is not supported; no weight is read
   *     before all names and shapes are known to fit
   * @throws io.headstream.safetensors.WeightsException if a file of weights is damaged
   * @throws IOException if a file cannot be read
   */
  public static TransformerModel load(Path folder) throws IOException {
    ModelDescription description = Families.read(folder.resolve("config.json"));
    Tokenizer tokenizer = tokenizer(folder, description);
    return load(folder, files -> description, SentencePooling.read(folder), tokenizer);
  }

  /**
   * Loads a model that has no config.
   *
   * @param weights a safetensors file, or a folder with {@code model.safetensors} or with shards
   *     and their index
   * @param format what is told of it: a {@link io.headstream.transformer.family.TorchEncoder} or
   *     {@link io.headstream.transformer.family.SasRec}
   * @return the model; its vectors are means of hidden states
   * @throws io.headstream.transformer.checkpoint.ModelException if a tensor is missing, unknown, or
   *     of another shape than what was told asks for
   * @throws io.headstream.safetensors.WeightsException if a file is damaged
   * @throws IOException if a file cannot be read
   */
  public static TransformerModel load(Path weights, ModelFormat format) throws IOException {
    return load(weights, format, SentencePooling.mean(), null);
  }

  /** The tokenizer of a folder that has one; its ids have to be the model's. */
  private static Tokenizer tokenizer(Path folder, ModelDescription description) throws IOException {
    Path file = folder.resolve("tokenizer.json");
    if (!Files.exists(file)) {
      return null;
    }
    Tokenizer tokenizer = Tokenizer.read(file);
    int vocabulary = description.shape().vocabulary();
    if (tokenizer.size() > vocabulary) {
      throw new ModelException(
          file,
          "has " + tokenizer.size() + " tokens, expected the " + vocabulary + " of the model");
    }
    return tokenizer;
  }

  private static TransformerModel load(
      Path weights, ModelFormat format, SentencePooling pooling, Tokenizer tokenizer)
      throws IOException {
    try (TensorFiles files = TensorFiles.open(weights)) {
      ModelDescription description = format.describe(files);
      ModelTensors tensors = ModelTensors.find(files, description.tensors(), description.shape());
      ModelReader reader = new ModelReader(description, tensors);
      LayerStack layers = reader.body();
      ModelBody body = new ModelBody(description, layers);
      Kind kind = description.answer().kind();
      NextTokens next =
          kind == Kind.NEXT
              ? new NextTokens(body, reader.output(), description.positions().paddingToken())
              : null;
      Classifier classifier =
          kind == Kind.CLASS
              ? new Classifier(
                  body,
                  description.answer(),
                  reader.projection(Role.POOLER),
                  reader.projection(Role.CLASSIFIER))
              : null;
      return new TransformerModel(description, body, next, classifier, pooling, tokenizer);
    }
  }

  /** {@return what the checkpoint said of the model} */
  public ModelDescription description() {
    return description;
  }

  /** {@return channels of a hidden state} */
  public int modelDim() {
    return description.shape().modelDim();
  }

  /** {@return how many tokens there are; 0 where the model starts from vectors} */
  public int vocabulary() {
    return description.shape().vocabulary();
  }

  /** {@return how many tokens a sequence may have} */
  public int maxLength() {
    return description.positions().maxLength();
  }

  /**
   * {@return names of the classes in the order of their probabilities; empty without classifier}
   */
  public List<String> labels() {
    return description.answer().labels();
  }

  /**
   * What makes tokens of texts.
   *
   * @return the tokenizer of the folder
   * @throws IllegalStateException if it has none
   */
  public Tokenizer tokenizer() {
    if (tokenizer == null) {
      throw new IllegalStateException("the model's folder has no tokenizer.json, it takes ids");
    }
    return tokenizer;
  }

  /**
   * An empty cache for one sequence.
   *
   * @return the cache
   * @throws IllegalStateException if the model is not causal
   */
  public SequenceCache newCache() {
    return body.newCache();
  }

  /**
   * Computes hidden states: what comes behind the last block and its norm.
   *
   * @param batch the sequences; their caches take what this call adds to them
   * @param hidden {@code [batch.rows(), modelDim]}, row-major, from 0 on; may be longer. Of a batch
   *     of vectors it holds these vectors, positions and all, before the call
   * @param workspace what it computes in
   * @throws IllegalArgumentException if an id is not in the vocabulary, a sequence is longer than
   *     {@link #maxLength}, the array is too short, or a cache is another model's or in the batch
   *     twice
   * @throws IllegalStateException if a cache has gone on since its block was added
   */
  public void forward(SequenceBatch batch, float[] hidden, ModelWorkspace workspace) {
    body.forward(batch, hidden, workspace);
  }

  /**
   * The hidden states of one sequence.
   *
   * @param ids its tokens
   * @return {@code [ids.length, modelDim]}, row-major
   * @throws IllegalArgumentException if an id is not in the vocabulary, or there are more than
   *     {@link #maxLength}
   */
  public float[] forward(int... ids) {
    float[] hidden = new float[Math.multiplyExact(ids.length, modelDim())];
    forward(new SequenceBatch().add(ids), hidden, new ModelWorkspace());
    return hidden;
  }

  /**
   * Scores every token of the vocabulary as the one after each of some hidden states.
   *
   * @param rows how many hidden states
   * @param hidden {@code [rows, modelDim]} from {@code hiddenOffset} on
   * @param hiddenOffset where they begin, in floats
   * @param logits {@code [rows, vocabulary]} from {@code logitsOffset} on
   * @param logitsOffset where they go, in floats
   * @param workspace what it computes in
   * @throws IllegalStateException if the model has no output for tokens
   * @throws IllegalArgumentException if an array is too short
   */
  public void logits(
      int rows,
      float[] hidden,
      int hiddenOffset,
      float[] logits,
      int logitsOffset,
      ModelWorkspace workspace) {
    next().logits(rows, hidden, hiddenOffset, logits, logitsOffset, workspace);
  }

  /**
   * Scores every token of the vocabulary as the one after a sequence.
   *
   * @param ids the sequence, at least one token
   * @return {@code [vocabulary]}
   * @throws IllegalStateException if the model has no output for tokens
   * @throws IllegalArgumentException if the sequence is empty or too long, or an id is not in the
   *     vocabulary
   */
  public float[] logits(int... ids) {
    return next().logits(ids, new ModelWorkspace());
  }

  /**
   * The likeliest tokens after a sequence.
   *
   * @param count how many at most, at least 1
   * @param ids the sequence, at least one token
   * @return the tokens, the likeliest first; of equally likely ones the smaller id first
   * @throws IllegalStateException if the model has no output for tokens
   * @throws IllegalArgumentException if the count is below 1, the sequence is empty or too long, or
   *     an id is not in the vocabulary
   */
  public List<ScoredToken> nextTokens(int count, int... ids) {
    return next().likeliest(count, ids, new ModelWorkspace());
  }

  /**
   * The likeliest tokens after a hidden state.
   *
   * @param count how many at most, at least 1
   * @param hidden of the last token so far: {@code [modelDim]} from {@code offset} on
   * @param offset where it begins, in floats
   * @param workspace what it computes in
   * @return the tokens, the likeliest first; of equally likely ones the smaller id first
   * @throws IllegalStateException if the model has no output for tokens
   * @throws IllegalArgumentException if the count is below 1 or the array is too short
   */
  public List<ScoredToken> nextTokens(
      int count, float[] hidden, int offset, ModelWorkspace workspace) {
    return next().likeliest(count, hidden, offset, workspace);
  }

  /**
   * How likely a token is after a hidden state.
   *
   * @param token its id
   * @param hidden of the token before it: {@code [modelDim]} from {@code offset} on
   * @param offset where it begins, in floats
   * @param workspace what it computes in
   * @return the natural logarithm of the probability
   * @throws IllegalStateException if the model has no output for tokens
   * @throws IllegalArgumentException if the id is not in the vocabulary or the array is too short
   */
  public double logProbability(int token, float[] hidden, int offset, ModelWorkspace workspace) {
    return next().logProbability(token, hidden, offset, workspace);
  }

  /**
   * How likely each token of a sequence was, given those before it.
   *
   * @param ids the sequence
   * @return natural logarithms of the probabilities of all tokens but the first, which nothing
   *     foretold; NaN for tokens that the model no longer sees
   * @throws IllegalStateException if the model has no output for tokens
   * @throws IllegalArgumentException if the sequence is too long or an id is not in the vocabulary
   */
  public double[] logProbabilities(int... ids) {
    return next().logProbabilities(ids, new ModelWorkspace());
  }

  /**
   * How likely each class is.
   *
   * @param ids the sequence, at least one token
   * @return {@code [labels]}: they add up to 1, or, of a model with several labels at once, each is
   *     between 0 and 1
   * @throws IllegalStateException if the model has no classifier
   * @throws IllegalArgumentException if the sequence is empty or too long, or an id is not in the
   *     vocabulary
   */
  public float[] classProbabilities(int... ids) {
    return classProbabilities(ids, new ModelWorkspace());
  }

  /**
   * The same in a workspace.
   *
   * @param ids the sequence, at least one token
   * @param workspace what it computes in
   * @return {@code [labels]}
   * @throws IllegalStateException if the model has no classifier
   * @throws IllegalArgumentException as there
   */
  public float[] classProbabilities(int[] ids, ModelWorkspace workspace) {
    if (classifier == null) {
      throw new IllegalStateException(
          "a " + description.family() + " model without a classifier does not classify");
    }
    return classifier.probabilities(ids, workspace);
  }

  /**
   * How likely each class of a text is.
   *
   * @param text the text
   * @return {@code [labels]}
   * @throws IllegalStateException if the model has no classifier or no tokenizer
   * @throws IllegalArgumentException if the text has more than {@link #maxLength} tokens, or none
   */
  public float[] classProbabilities(String text) {
    return classProbabilities(ids(text));
  }

  /**
   * One vector for each sequence of a batch, pooled and normalised as the folder says.
   *
   * @param batch the sequences, each of at least one token
   * @param workspace what it computes in
   * @return {@code [sequences][modelDim]}
   * @throws IllegalArgumentException if a sequence is empty or too long, or an id is not in the
   *     vocabulary
   */
  public float[][] embed(SequenceBatch batch, ModelWorkspace workspace) {
    float[][] vectors = new float[batch.sequences()][modelDim()];
    for (int s = 0; s < vectors.length; s++) {
      if (batch.begin(s) == batch.end(s)) {
        throw new IllegalArgumentException("sequence %d has no tokens".formatted(s));
      }
    }
    float[] hidden = body.forward(batch, workspace);
    for (int s = 0; s < vectors.length; s++) {
      pooling.pool(batch.begin(s), batch.end(s), modelDim(), hidden, vectors[s]);
    }
    return vectors;
  }

  /**
   * The vector of one sequence, pooled and normalised as the folder says.
   *
   * @param ids the sequence, at least one token
   * @return {@code [modelDim]}
   * @throws IllegalArgumentException if the sequence is empty or too long, or an id is not in the
   *     vocabulary
   */
  public float[] embed(int... ids) {
    return embed(new SequenceBatch().add(ids), new ModelWorkspace())[0];
  }

  /**
   * The vector of a text, pooled and normalised as the folder says.
   *
   * @param text the text
   * @return {@code [modelDim]}
   * @throws IllegalStateException if the model has no tokenizer
   * @throws IllegalArgumentException if the text has more than {@link #maxLength} tokens, or none
   */
  public float[] embed(String text) {
    return embed(ids(text));
  }

  /**
   * The vectors of texts, computed together without padding: to the bit those of each alone.
   *
   * @param texts the texts
   * @param workspace what it computes in
   * @return {@code [texts.size()][modelDim]}
   * @throws IllegalStateException if the model has no tokenizer
   * @throws IllegalArgumentException if a text has more than {@link #maxLength} tokens, or none
   */
  public float[][] embed(List<String> texts, ModelWorkspace workspace) {
    float[][] vectors = new float[texts.size()][];
    SequenceBatch batch = new SequenceBatch();
    int done = 0;
    for (int t = 0; t < vectors.length; t++) {
      batch.add(ids(texts.get(t)));
      if (batch.rows() >= ROWS_AT_ONCE || t == vectors.length - 1) {
        float[][] some = embed(batch, workspace);
        System.arraycopy(some, 0, vectors, done, some.length);
        done += some.length;
        batch.clear();
      }
    }
    return vectors;
  }

  private int[] ids(String text) {
    int[] ids = tokenizer().encode(text).ids();
    if (ids.length > maxLength()) {
      throw new IllegalArgumentException(
          "the text has %d tokens, the model takes at most %d".formatted(ids.length, maxLength()));
    }
    return ids;
  }

  private NextTokens next() {
    if (nextTokens == null) {
      throw new IllegalStateException(
          "a " + description.family() + " model without an output for tokens does not foretell");
    }
    return nextTokens;
  }
}
