package io.headstream.e2e.hostile;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Leaves a file behind when Java deserialization makes one of it: what an attacker would send as a
 * record. It lies on the cluster's class path, where a careless reader would find it.
 */
public final class Trap implements Serializable {
  private static final long serialVersionUID = 1;

  /** The file that says that it has sprung, in the folder that {@code -De2e.pace} names. */
  public static Path mark() {
    return Path.of(System.getProperty("e2e.pace"), "trap-has-sprung");
  }

  private void readObject(ObjectInputStream stream) throws IOException, ClassNotFoundException {
    stream.defaultReadObject();
    spring();
  }

  /** Also called by binders that make objects by their setters. */
  public void setSprung(boolean sprung) {
    spring();
  }

  private static void spring() {
    try {
      Files.writeString(mark(), "sprung");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
