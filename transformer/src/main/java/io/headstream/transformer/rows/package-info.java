/**
 * What a transformer does to each row by itself, beside projections and attention: norms,
 * activations, rotary positions, softmax over logits.
 *
 * <p>Everything gives the same bits with and without the Vector API, at any width, whatever other
 * rows stand beside. Sums over channels are sixteen chains (channel mod 16) that are joined as a
 * fixed tree.
 */
package io.headstream.transformer.rows;
