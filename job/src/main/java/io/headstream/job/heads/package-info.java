/**
 * The third stage: a completed sequence is attended to, by one operator or by one for each head
 * group.
 *
 * <p>{@code SequenceChunk -> FanOutHeads -> keyBy(HeadKey) -> AttendHeads -> HeadResult}, or with
 * one head group {@code SequenceChunk -> AttendSequences -> Token}
 */
package io.headstream.job.heads;
