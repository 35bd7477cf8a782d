package io.headstream.transformer.tokenizer;

import java.util.Arrays;

/** Numbers from 0 on by keys from 0 on: a hash table with open addressing, at most half full. */
final class IntTable {
  private static final long FREE = -1;

  private long[] keys = new long[64];
  private int[] values = new int[64];
  private int count;

  IntTable() {
    Arrays.fill(keys, FREE);
  }

  /** The number of a key; -1 if it has none. */
  int get(long key) {
    int mask = keys.length - 1;
    for (int slot = slot(key, mask); ; slot = slot + 1 & mask) {
      if (keys[slot] == key) {
        return values[slot];
      }
      if (keys[slot] == FREE) {
        return -1;
      }
    }
  }

  /** Sets the number of a key. */
  void put(long key, int value) {
    if (2 * (count + 1) > keys.length) {
      grow();
    }
    int mask = keys.length - 1;
    int slot = slot(key, mask);
    while (keys[slot] != FREE && keys[slot] != key) {
      slot = slot + 1 & mask;
    }
    count += keys[slot] == FREE ? 1 : 0;
    keys[slot] = key;
    values[slot] = value;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldValues = values;
    keys = new long[2 * oldKeys.length];
    values = new int[2 * oldKeys.length];
    Arrays.fill(keys, FREE);
    count = 0;
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != FREE) {
        put(oldKeys[i], oldValues[i]);
      }
    }
  }

  private static int slot(long key, int mask) {
    long mixed = (key ^ key >>> 32) * 0x9e3779b97f4a7c15L;
    return (int) (mixed >>> 32) & mask;
  }
}
