package io.headstream.transformer.tokenizer;

import io.headstream.transformer.checkpoint.ModelException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes tokens of a text and text of tokens, as a model's {@code tokenizer.json} says: the file
 * that Hugging Face's tokenizers library writes.
 *
 * <pre>{@code
 * Tokenizer tokenizer = Tokenizer.read(Path.of("all-MiniLM-L6-v2/tokenizer.json"));
 * Encoding encoding = tokenizer.encode("attention over streams", 512);
 * int[] ids = encoding.ids();                        // 101, 3086, 2058, 9199, 102
 * String text = tokenizer.decode(ids);               // attention over streams
 * }</pre>
 *
 * <p>Ids and ranges are those of that library, whatever JDK it runs on. {@code truncation} and
 * {@code padding} of the file are ignored: the caller says how many tokens the model takes, and
 * nothing is padded. The time is linear in the text, or n log n.
 *
 * <p>Immutable, for any number of threads.
 */
public final class Tokenizer {
  private final AddedTokens added;
  private final PreTokenizer preTokenizer;
  private final Model model;
  private final PostProcessor postProcessor;
  private final Decoder decoder;
  private final int size;

  Tokenizer(
      AddedTokens added,
      PreTokenizer preTokenizer,
      Model model,
      PostProcessor postProcessor,
      Decoder decoder,
      int size) {
    this.added = added;
    this.preTokenizer = preTokenizer;
    this.model = model;
    this.postProcessor = postProcessor;
    this.decoder = decoder;
    this.size = size;
  }

  /**
   * Reads a tokenizer.
   *
   * @param tokenizerJson the file
   * @return the tokenizer
   * @throws ModelException if there is no such file, it is damaged, or it asks for a kind of
   *     normalizer, pre-tokenizer, model, post-processor or decoder that is not supported
   * @throws IOException if it cannot be read
   */
  public static Tokenizer read(Path tokenizerJson) throws IOException {
    return TokenizerFile.read(tokenizerJson);
  }

  /**
   * All tokens of a text, with the special ones that the model expects.
   *
   * @param text any text; half a surrogate pair counts as U+FFFD
   * @return the tokens
   */
  public Encoding encode(String text) {
    return encode(text, true, Integer.MAX_VALUE);
  }

  /**
   * The first tokens of a text, with the special ones that the model expects.
   *
   * @param text any text; half a surrogate pair counts as U+FFFD
   * @param most how many tokens the model takes; what is beyond is cut off at the end of the text,
   *     special tokens stay
   * @return at most so many tokens
   * @throws IllegalArgumentException if not even the special tokens fit
   */
  public Encoding encode(String text, int most) {
    return encode(text, true, most);
  }

  /**
   * The first tokens of a text.
   *
   * @param text any text; half a surrogate pair counts as U+FFFD
   * @param special whether the special tokens that the model expects are added
   * @param most how many tokens are taken, as in {@link #encode(String, int)}
   * @return at most so many tokens
   * @throws IllegalArgumentException if most is negative, or not even the special tokens fit
   */
  public Encoding encode(String text, boolean special, int most) {
    int reserved = special ? postProcessor.added() : 0;
    if (most < reserved) {
      throw new IllegalArgumentException(
          most + " tokens are asked for, there are " + reserved + " special ones alone");
    }
    AlignedText characters = AlignedText.of(text);
    Tokens tokens = new Tokens(most - reserved);
    for (AddedTokens.Part part : added.cut(characters)) {
      if (tokens.full()) {
        break;
      }
      AlignedText range = part.text();
      if (part.token() == null) {
        model.tokenize(preTokenizer.split(Words.whole(range)), tokens);
      } else if (range.length > 0) {
        String string = range.string(0, range.length);
        tokens.add(part.token().id(), string, range.starts[0], range.ends[range.length - 1]);
      }
    }
    tokens.cut();
    return encoding(postProcessor.process(tokens, special), characters);
  }

  /** Offsets that counted code points count chars. */
  private static Encoding encoding(Tokens tokens, AlignedText text) {
    int[] starts = Arrays.copyOf(tokens.starts, tokens.count);
    int[] ends = Arrays.copyOf(tokens.ends, tokens.count);
    int[] chars = new int[text.length + 1];
    for (int i = 0; i < text.length; i++) {
      chars[i + 1] = chars[i] + Character.charCount(text.chars[i]);
    }
    for (int i = 0; i < tokens.count; i++) {
      starts[i] = chars[starts[i]];
      ends[i] = chars[ends[i]];
    }
    return new Encoding(Arrays.copyOf(tokens.ids, tokens.count), starts, ends);
  }

  /**
   * The text of tokens, special ones included.
   *
   * @param ids ids of tokens; those that no token has are left out
   * @return the text; bytes that are not UTF-8 become U+FFFD
   */
  public String decode(int[] ids) {
    return decode(ids, true);
  }

  /**
   * The text of tokens.
   *
   * @param ids ids of tokens; those that no token has are left out
   * @param special whether special tokens are part of the text
   * @return the text; bytes that are not UTF-8 become U+FFFD
   */
  public String decode(int[] ids, boolean special) {
    List<String> tokens = new ArrayList<>(ids.length);
    for (int id : ids) {
      AddedToken token = added.token(id);
      String string = token == null ? model.vocabulary().token(id) : token.content();
      if (string != null && (special || token == null || !token.special())) {
        tokens.add(string);
      }
    }
    return String.join("", decoder.decode(tokens));
  }

  /**
   * The id of a token.
   *
   * @param token a token as the vocabulary has it, such as {@code [CLS]} or {@code ##ing}
   * @return its id; -1 if there is no such token
   */
  public int id(String token) {
    int id = added.id(token);
    return id >= 0 ? id : model.vocabulary().id(token);
  }

  /**
   * The token of an id.
   *
   * @param id an id
   * @return its token as the vocabulary has it; null if no token has this id
   */
  public String token(int id) {
    AddedToken token = added.token(id);
    return token == null ? model.vocabulary().token(id) : token.content();
  }

  /** {@return how many tokens there are; ids are from 0 on, usually without a gap} */
  public int size() {
    return size;
  }
}
