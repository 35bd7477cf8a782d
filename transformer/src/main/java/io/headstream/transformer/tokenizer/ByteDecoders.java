package io.headstream.transformer.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Decoders that put bytes together. */
final class ByteDecoders {
  private static final String REPLACEMENT = "\ufffd";

  private ByteDecoders() {}

  /** ByteLevel: letters that stand for bytes; a token with another letter stands for itself. */
  static List<String> letters(List<String> tokens) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String token : tokens) {
      if (token.codePoints().allMatch(c -> ByteLetters.byteOf(c) >= 0)) {
        token.chars().forEach(c -> bytes.write(ByteLetters.byteOf(c)));
      } else {
        bytes.writeBytes(token.getBytes(StandardCharsets.UTF_8));
      }
    }
    return List.of(Utf8.decode(bytes.toByteArray()));
  }

  /** ByteFallback: tokens such as {@code <0x0A>}; U+FFFD for each of a run that is not UTF-8. */
  static List<String> fallback(List<String> tokens) {
    List<String> strings = new ArrayList<>();
    ByteArrayOutputStream run = new ByteArrayOutputStream();
    for (String token : tokens) {
      int value = byteOf(token);
      if (value >= 0) {
        run.write(value);
      } else {
        flush(run, strings);
        strings.add(token);
      }
    }
    flush(run, strings);
    return strings;
  }

  private static void flush(ByteArrayOutputStream run, List<String> strings) {
    if (run.size() == 0) {
      return;
    }
    try {
      ByteBuffer bytes = ByteBuffer.wrap(run.toByteArray());
      strings.add(StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
    } catch (CharacterCodingException e) {
      for (int i = 0; i < run.size(); i++) {
        strings.add(REPLACEMENT);
      }
    }
    run.reset();
  }

  /** The byte that a token such as {@code <0x0A>} names; -1 if it is none. */
  private static int byteOf(String token) {
    if (token.length() != 6 || !token.startsWith("<0x") || token.charAt(5) != '>') {
      return -1;
    }
    int high = digit(token.charAt(3));
    int low = digit(token.charAt(4));
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }

  private static int digit(char c) {
    return c < 0x80 ? Character.digit(c, 16) : -1;
  }
}
