package io.headstream.transformer.onnx;

import io.headstream.transformer.checkpoint.ModelException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A file in a jar, and what it has to be.
 *
 * @param name its path in the jar
 * @param bytes its size
 * @param sha256 its digest, in hexadecimal digits
 */
record JarEntryDigest(String name, int bytes, String sha256) {

  /**
   * Reads the file.
   *
   * @throws ModelException if it is missing or another
   * @throws IOException if the jar cannot be read
   */
  byte[] read(Path jar, ZipFile opened) throws IOException {
    ZipEntry entry = opened.getEntry(name);
    if (entry == null) {
      throw new ModelException(jar, "has no " + name);
    }
    byte[] content;
    try (InputStream in = opened.getInputStream(entry)) {
      content = in.readNBytes(bytes + 1);
    }
    String found = digest(content);
    if (content.length != bytes || !found.equals(sha256)) {
      throw new ModelException(
          jar, "%s has the sha256 %s, expected %s".formatted(name, found, sha256));
    }
    return content;
  }

  private static String digest(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
