/**
 * From blocks to answers. {@code FanOut} makes of each block one for each head group; {@code
 * Attend} computes a group's columns, of whole sequences or from the keys and values that it keeps;
 * {@code Gather} puts the columns of all groups beside one another and projects them with W_o;
 * {@code Answer} makes tokens of the last layer's blocks.
 *
 * <pre>
 * one head group:  Block -> Attend -> Gather -> Block                                    (one chain)
 * more:            Block -> CutBlocks -> FanOut -> keyBy(HeadKey) -> Attend
 *                        -> keyBy(sequence ID), with the tokens' own branch -> Gather -> Block
 * </pre>
 *
 * <p>Each operator hands on a block for each block that it gets, with the same positions, in order
 * within a sequence; so layers stand one behind the other, and in the gather the heads of all
 * queues belong together.
 */
package io.headstream.job.attend;
