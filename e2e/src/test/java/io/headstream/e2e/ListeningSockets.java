package io.headstream.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The addresses on which a process waits for connections, as Linux tells them in {@code /proc}. */
final class ListeningSockets {
  private static final String LISTEN = "0A";

  private ListeningSockets() {}

  static List<InetAddress> of(long pid) throws IOException {
    Set<String> own = sockets(pid);
    List<InetAddress> addresses = new ArrayList<>();
    for (String table : List.of("tcp", "tcp6")) {
      for (String line : Files.readAllLines(Path.of("/proc/%d/net/%s".formatted(pid, table)))) {
        String[] words = line.strip().split("\\s+"); // number, local, remote, state, ..., inode
        if (words[3].equals(LISTEN) && own.contains("socket:[" + words[9] + "]")) {
          addresses.add(address(words[1].substring(0, words[1].indexOf(':'))));
        }
      }
    }
    return addresses;
  }

  private static Set<String> sockets(long pid) throws IOException {
    Set<String> sockets = new HashSet<>();
    try (Stream<Path> open = Files.list(Path.of("/proc/%d/fd".formatted(pid)))) {
      for (Path file : (Iterable<Path>) open::iterator) {
        try {
          sockets.add(Files.readSymbolicLink(file).toString());
        } catch (NoSuchFileException e) {
          continue; // closed meanwhile
        }
      }
    }
    return sockets;
  }

  /** Words of four bytes, each in the order of this machine. */
  private static InetAddress address(String hex) throws IOException {
    ByteBuffer host = ByteBuffer.wrap(HexFormat.of().parseHex(hex)).order(ByteOrder.nativeOrder());
    ByteBuffer network = ByteBuffer.allocate(host.capacity());
    while (host.hasRemaining()) {
      network.putInt(host.getInt());
    }
    return InetAddress.getByAddress(network.array());
  }
}
