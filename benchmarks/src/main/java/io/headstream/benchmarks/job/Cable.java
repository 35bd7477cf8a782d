package io.headstream.benchmarks.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A network of its own for one process, joined to this machine's by a cable through which each
 * direction lets so many bits pass in a second and no more. Needs root, {@code ip} and {@code tc}.
 */
final class Cable implements AutoCloseable {
  private final String name;
  private final String subnet;
  private final Thread reaper = new Thread(this::remove);

  /**
   * Lays one.
   *
   * @param rate as {@code tc} writes it: {@code 200mbit}
   */
  Cable(String rate) throws IOException {
    long pid = ProcessHandle.current().pid();
    name = "hsb" + pid;
    subnet = "10.214." + pid % 250;
    Runtime.getRuntime().addShutdownHook(reaper);
    run("ip", "netns", "add", name);
    run("ip", "link", "add", end(), "type", "veth", "peer", "name", "in0", "netns", name);
    run("ip", "addr", "add", outside() + "/24", "dev", end());
    run("ip", "link", "set", end(), "up");
    run("ip", "-n", name, "addr", "add", inside() + "/24", "dev", "in0");
    run("ip", "-n", name, "link", "set", "in0", "up");
    run("ip", "-n", name, "link", "set", "lo", "up");
    // What does not fit waits, for at most so long; a shorter queue would drop, and TCP hold back.
    String[] limit = {"root", "tbf", "rate", rate, "burst", "256kb", "latency", "50ms"};
    run("tc", concat(List.of("qdisc", "add", "dev", end()), limit));
    run("tc", concat(List.of("-n", name, "qdisc", "add", "dev", "in0"), limit));
  }

  private String end() {
    return name + "o";
  }

  /** This machine's address on it. */
  String outside() {
    return subnet + ".1";
  }

  /** The address at the other end. */
  String inside() {
    return subnet + ".2";
  }

  /** What stands before a command that is to run at the other end. */
  List<String> prefix() {
    return List.of("ip", "netns", "exec", name);
  }

  /** What has come through in both directions, headers and all. */
  long bytes() throws IOException {
    long sum = 0;
    for (String direction : List.of("rx_bytes", "tx_bytes")) {
      Path counter = Path.of("/sys/class/net", end(), "statistics", direction);
      sum += Long.parseLong(Files.readString(counter).strip());
    }
    return sum;
  }

  @Override
  public void close() {
    remove();
    Runtime.getRuntime().removeShutdownHook(reaper);
  }

  private void remove() {
    try {
      run("ip", "netns", "del", name); // and the cable with it
    } catch (IOException e) {
      System.err.println(e.getMessage());
    }
  }

  private static String[] concat(List<String> first, String... then) {
    List<String> all = new ArrayList<>(first);
    all.addAll(List.of(then));
    return all.toArray(new String[0]);
  }

  private static void run(String program, String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(List.of(words));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes());
    try {
      if (process.waitFor() != 0) {
        throw new IOException(String.join(" ", command) + ": " + said.strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
