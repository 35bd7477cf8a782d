/**
 * Keys and values that are kept for the queries to come.
 *
 * <p>A {@link io.headstream.attention.cache.KeyValueCache} takes what is appended, in {@linkplain
 * io.headstream.attention.cache.KeyValuePage pages} that can be kept elsewhere and be put back. It
 * stores and knows nothing of attention, which reads the pages as any caller can: that is in {@code
 * io.headstream.attention}.
 */
package io.headstream.attention.cache;
