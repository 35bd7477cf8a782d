package io.headstream.transformer.tokenizer;

import java.util.Arrays;

/** Strings with a number each, found character by character. Node 0 is the root. */
final class Trie {
  private final IntTable edges = new IntTable(); // by node and character
  private int[] values = {-1};
  private int nodes = 1;

  /** Adds a string; the first of two equal ones stays. */
  void add(int[] chars, int value) {
    int node = 0;
    for (int c : chars) {
      int next = next(node, c);
      node = next >= 0 ? next : grow(node, c);
    }
    if (values[node] < 0) {
      values[node] = value;
    }
  }

  /** The node behind a character; -1 if no string goes on like that. */
  int next(int node, int c) {
    return edges.get(edge(node, c));
  }

  /** The number of the string that ends at a node; -1 if none does. */
  int value(int node) {
    return values[node];
  }

  private int grow(int node, int c) {
    if (nodes == values.length) {
      values = Arrays.copyOf(values, 2 * nodes);
      Arrays.fill(values, nodes, values.length, -1);
    }
    edges.put(edge(node, c), nodes);
    return nodes++;
  }

  private static long edge(int node, int c) {
    return (long) node << 21 | c;
  }
}
