package io.headstream.job.app.options;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where an embedding table is.
 *
 * @param file the local safetensors file
 * @param tensor which of its tensors; null for the only one
 */
public record TableLocation(Path file, String tensor) {
  private static final String OPTION = "--embedding-table";

  /**
   * What a user means by {@code FILE[:TENSOR]}: a file of that whole name where there is one, since
   * a name may hold a colon.
   *
   * @throws UsageException if there is no such local file
   */
  static TableLocation of(String text) {
    FileLocation whole = FileLocation.of(OPTION, text);
    if (isFile(whole)) {
      return new TableLocation(whole.toLocal(), null);
    }
    int colon = text.lastIndexOf(':');
    if (colon > 0 && colon < text.length() - 1) {
      FileLocation file = FileLocation.of(OPTION, text.substring(0, colon));
      if (isFile(file)) {
        return new TableLocation(file.toLocal(), text.substring(colon + 1));
      }
    }
    throw UsageException.unexpected(
        OPTION, text, "a local safetensors file that is there, or FILE:TENSOR");
  }

  private static boolean isFile(FileLocation location) {
    return location.isLocal() && Files.isRegularFile(location.toLocal());
  }
}
