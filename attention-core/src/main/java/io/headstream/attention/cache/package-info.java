/**
 * Keys and values that are kept for the queries to come.
 *
 * <p>A {@link io.headstream.attention.cache.KeyValueCache} takes what is appended, in {@linkplain
 * io.headstream.attention.cache.KeyValuePage pages} that can be kept elsewhere and be put back.
 * Attention over it is in {@code io.headstream.attention}.
 */
package io.headstream.attention.cache;
