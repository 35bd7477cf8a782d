package io.headstream.job.cache;

import io.headstream.attention.cache.KeyValueCache;
import io.headstream.attention.cache.KeyValuePage;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.util.FlinkRuntimeException;

/**
 * The keys and values of the current key's sequence in keyed state: full pages, and the positions
 * of the page that is not full yet as single rows, so that a token writes what is new and not a
 * page.
 *
 * <p>What is there depends on the number of positions alone, never on the blocks in which they
 * came. Nothing that lies in the state is ever changed, so that a snapshot may be written while
 * tokens flow.
 */
public final class KeyValueState {
  private static final int PAGE = KeyValuePage.POSITIONS;

  private final ContextBounds bounds;
  private final int keyValueHeads;
  private final int headDim;
  private final MapState<Integer, StoredPage> pages; // by position / 64
  private final MapState<Integer, StoredRow> rows; // by position % 64

  public KeyValueState(
      RuntimeContext context, ContextBounds bounds, int keyValueHeads, int headDim) {
    this.bounds = bounds;
    this.keyValueHeads = keyValueHeads;
    this.headDim = headDim;
    pages =
        context.getMapState(
            new MapStateDescriptor<>("pages", Types.INT, TypeInformation.of(StoredPage.class)));
    rows =
        context.getMapState(
            new MapStateDescriptor<>("rows", Types.INT, TypeInformation.of(StoredRow.class)));
  }

  /**
   * A cache as it was after so many positions.
   *
   * @throws IllegalStateException if a page or a row is not there
   */
  public KeyValueCache read(int length) {
    KeyValueCache cache = bounds.newCache(keyValueHeads, headDim);
    cache.restore(length, page -> page < length / PAGE ? fullPage(page, length) : openPage(length));
    return cache;
  }

  /**
   * Writes what a cache has more than the state.
   *
   * @param cache of the current key's sequence
   * @param before how many positions the state has
   */
  public void write(KeyValueCache cache, int before) throws Exception {
    int length = cache.length();
    int full = length / PAGE;
    int wasFull = before / PAGE;
    for (int page = wasFull; page < full; page++) {
      if (bounds.keeps(page, length)) {
        pages.put(page, StoredPage.of(cache.page(page)));
      }
    }
    if (full > wasFull && before % PAGE != 0) {
      rows.clear();
    }
    for (int position = Math.max(before, full * PAGE); position < length; position++) {
      rows.put(position % PAGE, row(cache.page(full), position % PAGE));
    }
    int released = Math.min(bounds.firstRecentPage(length), wasFull);
    for (int page = bounds.firstRecentPage(before); page < released; page++) {
      pages.remove(page);
    }
  }

  /** Forgets the sequence. */
  public void clear() {
    pages.clear();
    rows.clear();
  }

  private StoredRow row(KeyValuePage page, int slot) {
    float[] keys = new float[keyValueHeads * headDim];
    float[] values = new float[keyValueHeads * headDim];
    for (int channel = 0; channel < keys.length; channel++) {
      keys[channel] = page.keys()[channel * PAGE + slot];
    }
    for (int h = 0; h < keyValueHeads; h++) {
      System.arraycopy(page.values(), (h * PAGE + slot) * headDim, values, h * headDim, headDim);
    }
    return new StoredRow(keys, values);
  }

  private KeyValuePage fullPage(int page, int length) {
    StoredPage stored = get(pages, page);
    if (stored == null) {
      throw missing(length, page * PAGE);
    }
    return stored.page();
  }

  private KeyValuePage openPage(int length) {
    float[] keys = new float[keyValueHeads * headDim * PAGE];
    float[] values = new float[keyValueHeads * headDim * PAGE];
    boolean valuesFinite = true;
    for (int slot = 0; slot < length % PAGE; slot++) {
      StoredRow row = get(rows, slot);
      if (row == null) {
        throw missing(length, length / PAGE * PAGE + slot);
      }
      for (int channel = 0; channel < row.keys().length; channel++) {
        keys[channel * PAGE + slot] = row.keys()[channel];
      }
      for (int h = 0; h < keyValueHeads; h++) {
        System.arraycopy(row.values(), h * headDim, values, (h * PAGE + slot) * headDim, headDim);
      }
      for (float value : row.values()) {
        valuesFinite &= Float.isFinite(value);
      }
    }
    return KeyValuePage.of(keys, values, length % PAGE, valuesFinite);
  }

  private static <T> T get(MapState<Integer, T> state, int index) {
    try {
      return state.get(index);
    } catch (Exception e) {
      throw new FlinkRuntimeException("keys and values cannot be read from the state", e);
    }
  }

  private static IllegalStateException missing(int length, int position) {
    return new IllegalStateException(
        "state of %d positions: position %d is missing".formatted(length, position));
  }
}
