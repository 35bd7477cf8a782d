package io.headstream.job.cache;

import io.headstream.attention.cache.KeyValuePage;
import io.headstream.job.serialization.RecordTypeInfoFactory;
import io.headstream.job.serialization.SerializedBy;
import org.apache.flink.api.common.typeinfo.TypeInfo;

/**
 * A page of keys and values that is full, as it lies in keyed state.
 *
 * <p>Nobody changes its arrays: a full page of a cache takes no more positions. That is why it may
 * be shared by the state, by snapshots that are being written and by the caches that read it.
 *
 * @param keys {@code [keyValueHeads, headDim, 64]}, row-major
 * @param values {@code [keyValueHeads, 64, headDim]}, row-major
 * @param valuesFinite whether all values are finite
 */
@TypeInfo(RecordTypeInfoFactory.class)
@SerializedBy(StoredPageSerializer.class)
public record StoredPage(float[] keys, float[] values, boolean valuesFinite) {

  /** What is stored of a full page; the arrays are shared. */
  static StoredPage of(KeyValuePage page) {
    return new StoredPage(page.keys(), page.values(), page.valuesFinite());
  }

  /** The page again; the arrays are shared. */
  KeyValuePage page() {
    return KeyValuePage.of(keys, values, KeyValuePage.POSITIONS, valuesFinite);
  }
}
