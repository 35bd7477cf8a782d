/**
 * The second stage: tokens of one sequence, in any order, become a completed sequence.
 *
 * <p>{@code Token -> keyBy(sequence ID) -> CollectSequences -> SequenceChunk}
 */
package io.headstream.job.sequences;
