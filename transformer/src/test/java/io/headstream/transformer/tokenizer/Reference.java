package io.headstream.transformer.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/** Hugging Face's own library, in Rust, as DJL brings it along. Offsets are turned into chars. */
final class Reference implements AutoCloseable {
  private final HuggingFaceTokenizer tokenizer;

  Reference(String tokenizerJson) {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    byte[] bytes = tokenizerJson.getBytes(StandardCharsets.UTF_8);
    try {
      tokenizer =
          HuggingFaceTokenizer.newInstance(
              new ByteArrayInputStream(bytes), Map.of("truncation", "false", "padding", "false"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The tokens of a text. */
  Encoding encode(String text, boolean special) {
    ai.djl.huggingface.tokenizers.Encoding encoding = tokenizer.encode(text, special, false);
    int[] ids = Arrays.stream(encoding.getIds()).mapToInt(id -> (int) id).toArray();
    int[] starts = new int[ids.length];
    int[] ends = new int[ids.length];
    int[] chars = chars(text);
    CharSpan[] spans = encoding.getCharTokenSpans();
    for (int i = 0; i < ids.length; i++) {
      if (spans[i] != null) {
        starts[i] = chars[spans[i].getStart()];
        ends[i] = chars[spans[i].getEnd()];
      }
    }
    return new Encoding(ids, starts, ends);
  }

  /** How many tokens a text has. */
  int count(String text) {
    return tokenizer.encode(text, true, false).getIds().length;
  }

  /** The text of tokens. */
  String decode(int[] ids, boolean special) {
    return tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), !special);
  }

  @Override
  public void close() {
    tokenizer.close();
  }

  private static int[] chars(String text) {
    int[] chars = new int[text.codePointCount(0, text.length()) + 1];
    for (int i = 0; i + 1 < chars.length; i++) {
      chars[i + 1] = text.offsetByCodePoints(chars[i], 1);
    }
    return chars;
  }
}
