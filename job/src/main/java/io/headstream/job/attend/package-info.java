/**
 * From blocks to answers. {@code FanOut} makes of each block one for each head group; {@code
 * Attend} computes a group's columns, of whole sequences or from the keys and values that it keeps;
 * {@code Gather} puts the columns of all groups beside one another and projects them with W_o;
 * {@code Answer} makes tokens of the blocks.
 *
 * <pre>
 * one head group:   Block -> Attend -> Gather -> Block                                  (one chain)
 *
 * several:          Block -> CutBlocks -+-> FanOut -> keyBy(HeadKey) -> Attend
 *                                       |     -> keyBy(sequence ID) -> Gather -> Block
 *                                       +---- tokens alone, by sequence ID ----^
 * </pre>
 *
 * <p>{@code CutBlocks} stands once, before the first layer. A {@code HeadKey} is a sequence and a
 * head group, with a hash that gives each slot an equal share ({@code HeadRouting}). The gather
 * keeps a queue for each head group and, behind the last layer, one for the tokens ({@code
 * BlockQueues}); the first blocks of all queues are always the same positions, because each
 * sender's blocks of a sequence come in order.
 *
 * <p>A layer hands on a block for each block that it gets, with the same positions and in order
 * within a sequence, also the empty block that ends one. Within it {@code FanOut} makes several of
 * one, and {@code Attend} may wait until a long sequence is complete ({@code SequenceAttention}).
 */
package io.headstream.job.attend;
