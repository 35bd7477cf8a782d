package io.headstream.transformer.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Our tokenizer and the reference, of one file. */
final class Pair implements AutoCloseable {
  final Tokenizer ours;
  final Reference theirs;

  Pair(String json, Path folder) throws IOException {
    ours = Tokenizer.read(Files.writeString(folder.resolve("tokenizer.json"), json));
    theirs = new Reference(json);
  }

  /** Fails where the two differ on a text. */
  void compare(String text, boolean special, String what) {
    Encoding expected = theirs.encode(text, special);
    Encoding found = ours.encode(text, special, Integer.MAX_VALUE);
    if (!Same.encodings(expected, found)) {
      throw new AssertionError(what + "\n" + Same.difference(expected, found, text, ours));
    }
  }

  @Override
  public void close() {
    theirs.close();
  }
}
