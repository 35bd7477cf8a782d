/**
 * The second stage: tokens of one sequence, in any order, become a completed sequence, or in token
 * mode blocks of tokens in order.
 *
 * <p>{@code Token -> keyBy(sequence ID) -> CollectSequences -> SequenceChunk}
 *
 * <p>{@code Token -> keyBy(sequence ID) -> OrderTokens -> TokenBlock}
 *
 * <p>Both are a {@code SequenceFunction}, which knows when a sequence ends and which tokens
 * contradict it; they differ in what they keep and when they hand it on. With a session gap in
 * event time {@code EventTimeOrder} stands before them; {@code CutSequences} cuts what {@code
 * CollectSequences} hands on where it is fanned out.
 */
package io.headstream.job.sequences;
