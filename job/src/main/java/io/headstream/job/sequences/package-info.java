/**
 * Tokens of a sequence, in any order, become blocks; keyed by sequence ID.
 *
 * <pre>
 * sequence mode:  Token -> CollectSequences -> Block, a whole sequence each
 * token mode:     Token -> OrderTokens -> Block, the next tokens of a sequence, or just its end
 * </pre>
 *
 * <p>Both are a {@code SequenceFunction}, which knows that a sequence ends with its {@code last}
 * token, by a gap, or with a bounded input, and which tokens contradict it. {@code
 * CollectSequences} keeps all tokens until then; {@code OrderTokens} keeps those alone that wait
 * for an earlier one, and hands on the others at once. Where a gap in event time ends sequences in
 * sequence mode, {@code EventTimeOrder} stands before the collector.
 */
package io.headstream.job.sequences;
