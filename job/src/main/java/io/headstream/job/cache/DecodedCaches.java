package io.headstream.job.cache;

import io.headstream.attention.cache.KeyValueCache;
import io.headstream.job.records.HeadKey;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The caches of the sequences that were answered last, ready to attend with: at most so many bytes
 * of keys and values. What is put in beyond that drives out what was not used for longest.
 *
 * <p>Holds nothing that is not in keyed state too. For one thread.
 */
public final class DecodedCaches {
  private final long maxBytes;
  private final long pageBytes;
  private final Map<HeadKey, KeyValueCache> caches = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /**
   * Empty.
   *
   * @param maxBytes most bytes of keys and values; 0 keeps nothing
   * @param pageBytes bytes of a page
   */
  public DecodedCaches(long maxBytes, long pageBytes) {
    this.maxBytes = maxBytes;
    this.pageBytes = pageBytes;
  }

  /** Takes out a cache, or gives null: nobody else has it while it changes. */
  public KeyValueCache take(HeadKey key) {
    KeyValueCache cache = caches.remove(key);
    if (cache != null) {
      bytes -= bytes(cache);
    }
    return cache;
  }

  /** Puts a cache in, as the one that was used last. */
  public void put(HeadKey key, KeyValueCache cache) {
    if (bytes(cache) > maxBytes) {
      return; // it would drive out all others, and itself
    }
    caches.put(key, cache);
    bytes += bytes(cache);
    Iterator<KeyValueCache> longestUnused = caches.values().iterator();
    while (bytes > maxBytes) {
      bytes -= bytes(longestUnused.next());
      longestUnused.remove();
    }
  }

  /** Bytes of the keys and values that are held. */
  public long bytes() {
    return bytes;
  }

  private long bytes(KeyValueCache cache) {
    int pages = cache.pageCount();
    int sinks = Math.min(pages, cache.sinkPages());
    return (sinks + Math.max(0, pages - cache.firstRecentPage())) * pageBytes;
  }
}
