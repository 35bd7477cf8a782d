/**
 * What a transformer is made of: embedding, blocks of attention and feed-forward layers, and the
 * norms between them, over rows of any number of sequences.
 *
 * <p>Each row is on its own but for attention, so that rows of many sequences stand in one
 * projection, and the bits of a row do not depend on its neighbours.
 */
package io.headstream.transformer.layers;
