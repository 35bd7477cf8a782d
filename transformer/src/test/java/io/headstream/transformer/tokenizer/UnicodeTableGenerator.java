package io.headstream.transformer.tokenizer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Writes unicode.txt, the table behind {@link UnicodeTables}: asks the reference about every code
 * point. Run its main with the file to write; {@link CorporaTest} holds that the file in the
 * sources is what it would write.
 */
final class UnicodeTableGenerator {
  private static final int CHUNK = 2_048;
  private static final int LAST = 0x10ffff;

  private UnicodeTableGenerator() {}

  public static void main(String[] arguments) throws IOException {
    Files.writeString(Path.of(arguments[0]), table(), StandardCharsets.US_ASCII);
  }

  static String table() {
    StringBuilder table = new StringBuilder();
    set(table, "letter", survivors(split("\\\\p{L}")), false);
    set(table, "number", survivors(split("\\\\p{N}")), false);
    set(table, "space", survivors(split("\\\\s")), false);
    String punctuation = "{\"type\":\"Punctuation\",\"behavior\":\"Removed\"}";
    set(table, "punctuation", survivors(json("null", punctuation)), false);
    set(table, "control", cleaned(), false);
    List<String> decomposed = map(json("{\"type\":\"NFD\"}", "null"));
    set(table, "nonspacing", emptied(map(json(bert(false, true), "null")), decomposed), true);
    set(table, "mark", emptied(map(json("{\"type\":\"StripAccents\"}", "null")), decomposed), true);
    set(table, "word", words(), true);
    lower(table, map(json("{\"type\":\"Lowercase\"}", "null")));
    decomposed(table, decomposed);
    composed(table, decomposed, map(json("{\"type\":\"NFC\"}", "null")));
    orders(table, decomposed);
    return table.toString();
  }

  /** A tokenizer whose tokens are the bytes of the normalized text. */
  static String json(String normalizer, String preTokenizer) {
    StringBuilder vocab = new StringBuilder();
    for (int b = 0; b < 256; b++) {
      String letter = String.valueOf(ByteLetters.letter(b)).replace("\\", "\\\\");
      vocab.append(b == 0 ? "" : ",").append('"').append(letter.replace("\"", "\\\""));
      vocab.append("\":").append(b);
    }
    String bytes =
        "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":false,"
            + "\"use_regex\":false}";
    return "{\"version\":\"1.0\",\"added_tokens\":[{\"id\":256,\"content\":\"<t>\",\"single_word\":"
        + "true,\"lstrip\":false,\"rstrip\":false,\"normalized\":false,\"special\":false}],"
        + ("\"normalizer\":" + normalizer + ",\"pre_tokenizer\":")
        + (preTokenizer.equals("null")
            ? bytes
            : "{\"type\":\"Sequence\",\"pretokenizers\":[" + preTokenizer + "," + bytes + "]}")
        + ",\"post_processor\":null,\"decoder\":"
        + bytes
        + ","
        + ("\"model\":{\"type\":\"BPE\",\"vocab\":{" + vocab + "},\"merges\":[]}}");
  }

  private static String split(String regex) {
    String pattern = "{\"Regex\":\"" + regex + "\"}";
    String split = "{\"type\":\"Split\",\"pattern\":" + pattern + ",\"behavior\":\"Removed\",";
    return json("null", split + "\"invert\":false}");
  }

  private static String bert(boolean clean, boolean strip) {
    return ("{\"type\":\"BertNormalizer\",\"clean_text\":" + clean)
        + (",\"handle_chinese_chars\":false,\"strip_accents\":" + strip + ",\"lowercase\":false}");
  }

  private static boolean isSurrogate(int c) {
    return c >= 0xd800 && c <= 0xdfff;
  }

  /** Which characters are still there. */
  private static boolean[] survivors(String json) {
    boolean[] survive = new boolean[LAST + 1];
    try (Reference reference = new Reference(json)) {
      for (int c = 0; c <= LAST; c += CHUNK) {
        bytes(reference, range(c)).codePoints().forEach(s -> survive[s] = true);
      }
    }
    for (int c = 0xd800; c <= 0xdfff; c++) {
      survive[c] = true;
    }
    return survive;
  }

  /** Which characters are there in a clean text, if only as a space. */
  private static boolean[] cleaned() {
    String json = json(bert(true, false), "null");
    boolean[] cleaned = survivors(json);
    try (Reference reference = new Reference(json)) {
      for (int c = 0; c <= 0x3000; c++) {
        cleaned[c] |= bytes(reference, Character.toString(c)).equals(" ");
      }
    }
    return cleaned;
  }

  private static String range(int from) {
    StringBuilder text = new StringBuilder();
    for (int c = from; c < from + CHUNK && c <= LAST; c++) {
      if (!isSurrogate(c)) {
        text.appendCodePoint(c);
      }
    }
    return text.toString();
  }

  static String bytes(Reference reference, String text) {
    int[] ids = reference.encode(text, false).ids();
    byte[] bytes = new byte[ids.length];
    for (int i = 0; i < ids.length; i++) {
      bytes[i] = (byte) ids[i];
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** What becomes of each character alone: a private character stands between them. */
  private static List<String> map(String json) {
    List<String> results = new ArrayList<>();
    try (Reference reference = new Reference(json)) {
      for (int c = 0; c <= LAST; c += CHUNK) {
        StringBuilder text = new StringBuilder();
        for (int i = c; i < c + CHUNK && i <= LAST; i++) {
          text.appendCodePoint(isSurrogate(i) ? 'x' : i).append('\n');
        }
        String[] parts = bytes(reference, text.toString()).split("\n", -1);
        if (c == 0) {
          // The separator itself makes two empty parts of one.
          List<String> first = new ArrayList<>(List.of(parts));
          first.set('\n', "\n");
          first.remove('\n' + 1);
          parts = first.toArray(new String[0]);
        }
        results.addAll(List.of(parts).subList(0, CHUNK));
      }
    }
    return results;
  }

  /** Which characters that are their own decomposition come to nothing. */
  private static boolean[] emptied(List<String> results, List<String> decomposed) {
    boolean[] emptied = new boolean[LAST + 1];
    for (int c = 0; c <= LAST; c++) {
      boolean itself = decomposed.get(c).codePointCount(0, decomposed.get(c).length()) == 1;
      emptied[c] = itself && results.get(c).isEmpty();
    }
    return emptied;
  }

  /** Which characters are part of a word, so that a token behind them is none of its own. */
  private static boolean[] words() {
    boolean[] words = new boolean[LAST + 1];
    try (Reference reference = new Reference(json("null", "null"))) {
      for (int c = 0; c <= LAST; c += CHUNK) {
        List<Integer> asked = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        for (int i = c; i < c + CHUNK && i <= LAST; i++) {
          if (!isSurrogate(i) && i != '\n') {
            asked.add(i);
            text.appendCodePoint(i).append("<t>\n");
          }
        }
        int line = 0;
        boolean found = false;
        for (int id : reference.encode(text.toString(), false).ids()) {
          found |= id == 256;
          if (id == '\n') {
            words[asked.get(line++)] = !found;
            found = false;
          }
        }
      }
    }
    return words;
  }

  private static void set(StringBuilder table, String name, boolean[] of, boolean wanted) {
    table.append(name);
    for (int c = 0, end = 0; c <= LAST; c++) {
      if (of[c] == wanted) {
        int first = c;
        while (c <= LAST && of[c] == wanted) {
          c++;
        }
        number(table, first - end);
        number(table, c - first);
        end = c;
      }
    }
    table.append('\n');
  }

  private static void number(StringBuilder table, int number) {
    table.append(' ').append(Integer.toString(number, 36));
  }

  private static void lower(StringBuilder table, List<String> lower) {
    TreeMap<Integer, Integer> mapped = new TreeMap<>();
    for (int c = 0; c <= LAST; c++) {
      String to = lower.get(c);
      if (!isSurrogate(c) && !to.equals(Character.toString(c))) {
        if (to.codePointCount(0, to.length()) == 1) {
          mapped.put(c, to.codePointAt(0));
        } else if (c != 0x130 || !to.equals("i\u0307")) {
          throw new IllegalStateException("two characters in lower case: " + c);
        }
      }
    }
    table.append("lower");
    int end = 0;
    while (!mapped.isEmpty()) {
      int first = mapped.firstKey();
      int distance = mapped.get(first) - first;
      int step = mapped.getOrDefault(first + 1, -1) - first - 1 == distance ? 1 : 2;
      int count = 0;
      int c = first;
      while (mapped.getOrDefault(c, -1) - c == distance && mapped.containsKey(c)) {
        mapped.remove(c);
        c += step;
        count++;
      }
      number(table, first - end);
      number(table, count);
      number(table, step);
      number(table, distance);
      end = c;
    }
    table.append('\n');
  }

  private static boolean isHangul(int c) {
    return c >= 0xac00 && c < 0xac00 + 11172;
  }

  private static void decomposed(StringBuilder table, List<String> decomposed) {
    table.append("decomposed");
    int last = 0;
    for (int c = 0; c <= LAST; c++) {
      String to = decomposed.get(c);
      if (!isSurrogate(c) && !isHangul(c) && !to.equals(Character.toString(c))) {
        number(table, c - last);
        number(table, to.codePointCount(0, to.length()));
        to.codePoints().forEach(part -> number(table, part));
        last = c;
      }
    }
    table.append('\n');
  }

  /** Pairs: what a composed character has as its last part, and all before that composed. */
  private static void composed(
      StringBuilder table, List<String> decomposed, List<String> composed) {
    table.append("composed");
    int last = 0;
    try (Reference nfc = new Reference(json("{\"type\":\"NFC\"}", "null"))) {
      for (int c = 0; c <= LAST; c++) {
        String parts = decomposed.get(c);
        String itself = Character.toString(c);
        boolean composite = composed.get(c).equals(itself) && !parts.equals(itself);
        if (composite && !isSurrogate(c) && !isHangul(c)) {
          int end = parts.offsetByCodePoints(parts.length(), -1);
          String before = bytes(nfc, parts.substring(0, end));
          if (before.codePointCount(0, before.length()) != 1) {
            throw new IllegalStateException("not made of two: " + c);
          }
          number(table, c - last);
          number(table, before.codePointAt(0));
          number(table, parts.codePointAt(end));
          last = c;
        }
      }
    }
    table.append('\n');
  }

  /** Combining classes as ranks: a mark of a lower class moves before one of a higher. */
  private static void orders(StringBuilder table, List<String> decomposed) {
    List<List<Integer>> classes = new ArrayList<>();
    try (Reference nfd = new Reference(json("{\"type\":\"NFD\"}", "null"))) {
      for (int c : marks(nfd)) {
        int low = 0;
        int high = classes.size();
        boolean found = false;
        while (low < high && !found) {
          int middle = (low + high) / 2;
          int other = classes.get(middle).get(0);
          if (swaps(nfd, c, other)) {
            low = middle + 1;
          } else if (swaps(nfd, other, c)) {
            high = middle;
          } else {
            classes.get(middle).add(c);
            found = true;
          }
        }
        if (!found) {
          classes.add(low, new ArrayList<>(List.of(c)));
        }
      }
    }
    TreeMap<Integer, Integer> ranks = new TreeMap<>();
    for (int rank = 0; rank < classes.size(); rank++) {
      for (int c : classes.get(rank)) {
        ranks.put(c, rank + 1);
      }
    }
    table.append("order");
    int end = 0;
    while (!ranks.isEmpty()) {
      int first = ranks.firstKey();
      int rank = ranks.get(first);
      int c = first;
      while (ranks.getOrDefault(c, 0) == rank) {
        ranks.remove(c++);
      }
      number(table, first - end);
      number(table, c - first);
      number(table, rank);
      end = c;
    }
    table.append('\n');
  }

  /**
   * All characters that are no starters: they change places with a mark of the first or last class.
   */
  private static List<Integer> marks(Reference nfd) {
    List<Integer> marks = new ArrayList<>();
    for (int from = 0; from <= LAST; from += CHUNK) {
      StringBuilder first = new StringBuilder();
      StringBuilder second = new StringBuilder();
      List<Integer> asked = new ArrayList<>();
      for (int c = from; c < from + CHUNK && c <= LAST; c++) {
        if (!isSurrogate(c) && c != '\n') {
          asked.add(c);
          first.append('a').appendCodePoint(c).append("\u0334\n");
          second.append("a\u0345").appendCodePoint(c).append('\n');
        }
      }
      String[] moved = bytes(nfd, first.toString()).split("\n");
      String[] back = bytes(nfd, second.toString()).split("\n");
      for (int i = 0; i < asked.size(); i++) {
        int c = asked.get(i);
        boolean swapped =
            moved[i].startsWith("a\u0334") && c != 0x334
                || !back[i].startsWith("a\u0345") && c != 0x345;
        // What decomposes is asked about by its parts.
        if ((swapped || c == 0x334 || c == 0x345)
            && bytes(nfd, Character.toString(c)).equals(Character.toString(c))) {
          marks.add(c);
        }
      }
    }
    return marks;
  }

  private static boolean swaps(Reference nfd, int a, int b) {
    String text = "a" + Character.toString(a) + Character.toString(b);
    return a != b && !bytes(nfd, text).equals(text);
  }
}
