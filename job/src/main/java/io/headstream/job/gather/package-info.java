/**
 * The fourth stage: the columns of all head groups meet again, and W_o makes the answer.
 *
 * <p>{@code HeadResult, SequenceChunk -> keyBy(sequence ID) -> GatherHeads -> Token}
 */
package io.headstream.job.gather;
