package io.headstream.safetensors;

import java.nio.file.Path;

/**
 * How the refusal of a file reads: one line, whatever the file holds and however long that is.
 *
 * <p>Names and values come from files that nobody vouches for, so that what could break or disguise
 * a line is escaped, and what is long is cut.
 */
public final class RefusalText {
  private static final int LONGEST_QUOTE = 100;
  private static final int LONGEST_TEXT = 1_000;

  private RefusalText() {}

  /**
   * A whole message.
   *
   * @param file the file that is refused
   * @param text what was found and expected; what exceeds 1,000 characters is cut
   * @return the file, a colon and the text, with control characters and line breaks escaped
   */
  public static String of(Path file, String text) {
    return oneLine(file.toString()) + ": " + oneLine(cut(text, LONGEST_TEXT));
  }

  /**
   * A name or value out of the file, fit for a message.
   *
   * @param text what the file says, of any length
   * @return it in quotes, cut to its first 100 characters
   */
  public static String quote(String text) {
    return '"' + shorten(text) + '"';
  }

  /**
   * The beginning of what the file says.
   *
   * @param text of any length
   * @return its first 100 characters, and three dots if there are more
   */
  public static String shorten(String text) {
    return cut(text, LONGEST_QUOTE);
  }

  private static String cut(String text, int longest) {
    return text.length() <= longest ? text : text.substring(0, longest) + "...";
  }

  private static String oneLine(String text) {
    StringBuilder line = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            character -> {
              switch (Character.getType(character)) {
                case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE ->
                    appendEscaped(line, character);
                default -> line.appendCodePoint(character);
              }
            });
    return line.toString();
  }

  /** Without a formatter, which would cost a damaged file a thousand times its bytes. */
  private static void appendEscaped(StringBuilder line, int character) {
    String digits = Integer.toHexString(character);
    line.append("\\u").append("0".repeat(Math.max(0, 4 - digits.length()))).append(digits);
  }
}
