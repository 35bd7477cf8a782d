package io.headstream.e2e;

import java.io.IOException;
import java.util.List;

/**
 * A network of its own for processes, joined to this machine's by one cable that can be cut. Needs
 * root, {@code ip} and {@code iptables}.
 */
final class NetworkNamespace implements AutoCloseable {
  private final String name;
  private final String subnet;

  private NetworkNamespace(String name, String subnet) {
    this.name = name;
    this.subnet = subnet;
  }

  /** Whether this machine lets us make one. */
  static boolean permitted() throws InterruptedException {
    String probe = "hsp" + ProcessHandle.current().pid();
    boolean made = Command.succeeds("ip", "netns", "add", probe);
    boolean walled =
        made
            && Command.succeeds(
                "ip", "netns", "exec", probe, "iptables", "-A", "INPUT", "-j", "DROP");
    return made & Command.succeeds("ip", "netns", "del", probe) & walled;
  }

  /** Makes one, with a name and addresses that no other process of this test has. */
  static NetworkNamespace create() throws IOException, InterruptedException {
    long pid = ProcessHandle.current().pid();
    NetworkNamespace made = new NetworkNamespace("hs" + pid, "10.213." + pid % 250);
    String outside = made.name + "o";
    Command.run("ip", "netns", "add", made.name);
    AtExit.close(made);
    try {
      Command.run(
          "ip", "link", "add", outside, "type", "veth", "peer", "name", "in0", "netns", made.name);
      Command.run("ip", "addr", "add", made.outside() + "/24", "dev", outside);
      Command.run("ip", "link", "set", outside, "up");
      Command.run(made.within("ip", "addr", "add", made.inside() + "/24", "dev", "in0"));
      Command.run(made.within("ip", "link", "set", "in0", "up"));
      Command.run(made.within("ip", "link", "set", "lo", "up"));
      return made;
    } catch (IOException e) {
      made.close();
      throw e;
    }
  }

  /** This machine's address on the cable. */
  String outside() {
    return subnet + ".1";
  }

  /** The address at the other end. */
  String inside() {
    return subnet + ".2";
  }

  /** What stands before a command that is to run in it. */
  List<String> prefix() {
    return List.of("ip", "netns", "exec", name);
  }

  private String[] within(String... words) {
    String[] all = new String[4 + words.length];
    System.arraycopy(prefix().toArray(new String[0]), 0, all, 0, 4);
    System.arraycopy(words, 0, all, 4, words.length);
    return all;
  }

  /** From now on every packet is lost, and no side is told. */
  void cut() throws IOException, InterruptedException {
    for (String chain : List.of("INPUT", "OUTPUT")) {
      Command.run(within("iptables", "-A", chain, "-j", "DROP"));
    }
  }

  /** Packets come through again. */
  void mend() throws IOException, InterruptedException {
    Command.run(within("iptables", "-F"));
  }

  @Override
  public void close() throws IOException, InterruptedException {
    Command.run("ip", "netns", "del", name); // and the cable with it
    AtExit.closed(this);
  }
}
