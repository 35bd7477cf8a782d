/**
 * Keys and values of a sequence that is answered token by token, in keyed state: {@code
 * StoredPage}s of 64 positions and {@code StoredRow}s of an open page ({@code KeyValueState}).
 * {@code DecodedCaches} holds those of the sequences that were answered last once more, decoded,
 * outside of the state.
 *
 * <p>{@code StateOrigin} is what state was made with, as pairs of a name and a value (the layer's
 * shape, the digest of its weights): {@code Attend} keeps it in operator state in both modes and
 * refuses to go on with another layer's state.
 */
package io.headstream.job.cache;
