package io.headstream.e2e;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What faults did to the answers, counted in lines.
 *
 * @param lost expected and not there
 * @param repeated there more often than once
 * @param differing there with other bytes, or not expected at all
 */
record Difference(long lost, long repeated, long differing) {
  static final Difference NONE = new Difference(0, 0, 0);

  /**
   * Compares by sequence and position, which come before the embedding in each line.
   *
   * @param expected one line for each token
   * @param actual in any order
   */
  static Difference between(List<String> expected, List<String> actual) {
    Map<String, String> missing = new HashMap<>();
    expected.forEach(line -> missing.put(token(line), line));
    Map<String, String> all = Map.copyOf(missing);
    Set<String> seen = new HashSet<>();
    long repeated = 0;
    long differing = 0;
    for (String line : actual) {
      String token = token(line);
      missing.remove(token);
      if (!seen.add(token)) {
        repeated++;
      } else if (!line.equals(all.get(token))) {
        differing++;
      }
    }
    return new Difference(missing.size(), repeated, differing);
  }

  private static String token(String line) {
    int embedding = line.indexOf("\"embedding\"");
    return embedding < 0 ? line : line.substring(0, embedding);
  }

  @Override
  public String toString() {
    return "%d lost, %d repeated, %d differing".formatted(lost, repeated, differing);
  }
}
