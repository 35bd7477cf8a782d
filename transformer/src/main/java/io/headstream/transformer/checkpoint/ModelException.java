package io.headstream.transformer.checkpoint;

import io.headstream.safetensors.RefusalText;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A checkpoint folder is refused: a file of it is missing or damaged, says what cannot be, or asks
 * for what is not supported.
 *
 * <p>The message is one line whatever the files hold: the file, then the key or tensor, what was
 * found and what was expected. Whoever reads a folder catches {@link IOException} anyway; weights
 * that are damaged in themselves come as {@link io.headstream.safetensors.WeightsException}, with a
 * message of the same form.
 */
public final class ModelException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * A refusal.
   *
   * @param file the file or folder that is refused
   * @param text what was found and expected; control characters and line breaks are escaped, and
   *     what exceeds 1,000 characters is cut
   */
  public ModelException(Path file, String text) {
    this(file, text, null);
  }

  /**
   * A refusal with its cause.
   *
   * @param file the file or folder that is refused
   * @param text what was found and expected, as in {@link #ModelException(Path, String)}
   * @param cause what told; null if nothing did
   */
  public ModelException(Path file, String text, Throwable cause) {
    super(RefusalText.of(file, text), cause);
  }

  /**
   * A name or value out of a file, fit for a message.
   *
   * @param text what the file says, of any length
   * @return it in quotes, cut to its first 100 characters
   */
  public static String quote(String text) {
    return RefusalText.quote(text);
  }
}
