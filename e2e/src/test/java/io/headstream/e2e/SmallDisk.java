package io.headstream.e2e;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A disk of few megabytes that can be filled and made read-only. Needs root. */
final class SmallDisk implements AutoCloseable {
  private final Path folder;

  private SmallDisk(Path folder) {
    this.folder = folder;
  }

  /** Whether this machine lets us mount one. */
  static boolean permitted() throws IOException, InterruptedException {
    Path probe = Files.createTempDirectory("mount");
    boolean mounted =
        Command.succeeds("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", probe.toString())
            && Command.succeeds("umount", probe.toString());
    Files.delete(probe);
    return mounted;
  }

  /** Mounts one over a new folder. */
  static SmallDisk mount(Path folder, int megabytes) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    String size = "size=%dm".formatted(megabytes);
    Command.run("mount", "-t", "tmpfs", "-o", size, "tmpfs", folder.toString());
    SmallDisk disk = new SmallDisk(folder);
    AtExit.close(disk);
    return disk;
  }

  Path folder() {
    return folder;
  }

  /** Leaves no byte free. */
  void fill() throws IOException {
    byte[] block = new byte[4096];
    try (OutputStream filler = Files.newOutputStream(folder.resolve("filler"))) {
      while (true) {
        filler.write(block);
      }
    } catch (IOException e) {
      if (!String.valueOf(e.getMessage()).contains("No space left")) {
        throw e;
      }
    }
  }

  /** Gives back what {@link #fill} took. */
  void free() throws IOException {
    Files.delete(folder.resolve("filler"));
  }

  /** From now on nobody can write. */
  void forbidWriting() throws Exception {
    remount("ro");
  }

  /** Everybody can write again. */
  void allowWriting() throws Exception {
    remount("rw");
  }

  private void remount(String how) throws Exception {
    // A disk on which a file is being written does not become read-only; it never is for long.
    Await.until(
        "%s to become %s".formatted(folder, how),
        Duration.ofMinutes(1),
        () -> Command.succeeds("mount", "-o", "remount," + how, folder.toString()));
  }

  @Override
  public void close() throws IOException, InterruptedException {
    Command.run("umount", "-l", folder.toString());
    AtExit.closed(this);
  }
}
