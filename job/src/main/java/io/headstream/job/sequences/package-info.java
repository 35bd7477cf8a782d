/**
 * The first stage, keyed by sequence ID: tokens of a sequence, in any order, become blocks.
 *
 * <pre>
 * sequence mode:  Token -> CollectSequences -> Block, a whole sequence each
 * token mode:     Token -> OrderTokens -> Block, the next tokens of a sequence, or just its end
 * </pre>
 *
 * <p>Where a gap in event time ends sequences, {@code EventTimeOrder} stands before the collector.
 */
package io.headstream.job.sequences;
