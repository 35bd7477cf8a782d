package io.headstream.safetensors;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A weights file is refused: it is damaged, or it does not hold what is asked for.
 *
 * <p>The message is one line whatever the file holds: the file, then the tensor, what was found and
 * what was expected. It is an {@link IOException} because whoever reads a file has to deal with
 * that anyway: a damaged file cannot be forgotten where an unreadable one is not, and those who
 * tell the two apart catch this one first.
 */
public final class WeightsException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * A refusal.
   *
   * @param file the file that is refused
   * @param text what was found and expected; control characters and line breaks are escaped, and
   *     what exceeds 1,000 characters is cut
   */
  public WeightsException(Path file, String text) {
    this(file, text, null);
  }

  /**
   * A refusal with its cause.
   *
   * @param file the file that is refused
   * @param text what was found and expected, as in {@link #WeightsException(Path, String)}
   * @param cause what told that the file is damaged; null if nothing did
   */
  public WeightsException(Path file, String text, Throwable cause) {
    super(RefusalText.of(file, text), cause);
  }

  /**
   * A name or value out of the file, fit for a message.
   *
   * @param text what the file says, of any length
   * @return it in quotes, cut to its first 100 characters
   */
  public static String quote(String text) {
    return RefusalText.quote(text);
  }
}
