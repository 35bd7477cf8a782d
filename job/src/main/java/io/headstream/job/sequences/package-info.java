/**
 * The first stage, keyed by sequence ID: tokens of a sequence, in any order, become blocks.
 *
 * <pre>
 * sequence mode:  Token -> CollectSequences -> Block, a whole sequence each
 * token mode:     Token -> OrderTokens -> Block, the next tokens of a sequence, or just its end
 * </pre>
 *
 * <p>Both are a {@code SequenceFunction}, which knows when a sequence ends and which tokens
 * contradict it; they differ in what they keep and when they hand it on. Where a gap in event time
 * ends sequences, {@code EventTimeOrder} stands before the collector.
 */
package io.headstream.job.sequences;
