/**
 * Attention as steps of a Flink stream: the library that the program in {@code app} is made of, and
 * other people's pipelines.
 *
 * <p>The data's way, wired by {@link io.headstream.job.AttentionLayer} and {@link
 * io.headstream.job.AttentionStage}. What is read and written is the program's: {@code app.source}
 * and {@code app.kafka} before it, {@code app.output} and {@code app.kafka} behind it.
 *
 * <pre>
 * Token -> keyBy(sequence ID)
 *       -> sequences   sequence mode: CollectSequences, a Block is a whole sequence
 *                      token mode:    OrderTokens, a Block is the next tokens, or just the end
 *       -> attend      CutBlocks, FanOut, Attend, Gather: Block -> Block, the same operators in
 *                      both modes
 *       -> attend      Answer: a token for each row
 *       -> Token, with the answer as its embedding
 * </pre>
 *
 * <p>With one head group that is one chain of operators behind the first shuffle. With more, {@code
 * CutBlocks} makes blocks that a network buffer takes (a long sequence is then several blocks),
 * {@code FanOut} sends each to every head group, and what belongs to tokens alone goes past them to
 * the gather; {@code attend} draws both. {@code applyToSequences} begins with blocks that are whole
 * sequences. An {@code AttentionStage} maps blocks to blocks, so stages of several layers may stand
 * one behind the other; {@code AttentionLayer} has one.
 *
 * <p>What is kept, and where:
 *
 * <pre>
 * CollectSequences   tokens of open sequences (keyed)
 * OrderTokens        tokens that wait for an earlier one (keyed)
 * Attend             token mode: keys and values of each sequence (keyed); sequence mode: the
 *                    blocks of a long sequence until its last has come (keyed); in both what
 *                    the state was made with (operator state)
 * Gather             with several head groups: blocks that wait for the other groups' (keyed)
 * </pre>
 *
 * <p>What cannot be used goes to the dead letters, whole: from the collectors tokens of another
 * dimension, that contradict their sequence, come too late, or whose sequence is too long or
 * incomplete; from {@code Answer} tokens whose answer is not finite. Weights are read once when the
 * job is made, to refuse damaged ones, and loaded once on each TaskManager.
 *
 * <p>Settings are in three parts: {@link io.headstream.job.ModelSettings} what is computed, {@link
 * io.headstream.job.StreamSettings} how tokens become sequences, {@link
 * io.headstream.job.Placement} where it runs; {@link io.headstream.job.AttentionSettings} holds all
 * three, and {@link io.headstream.job.HeadGroupCost} picks the number of head groups. {@link
 * io.headstream.job.HeadstreamSerialization} is for records of other pipelines that hold ours.
 *
 * <p>To read on:
 *
 * <ol>
 *   <li>{@code app}: the program around the library, from what a user types to what is written
 *   <li>{@code records}: what travels, {@code serialization}: how it becomes bytes
 *   <li>{@code sequences}: tokens become blocks
 *   <li>{@code attend}: blocks become answers, with what {@code weights} loads
 *   <li>{@code cache}: keys and values of sequences in token mode
 *   <li>{@code observe}: dead letters, attention weights and metrics, which come out on the side
 * </ol>
 */
package io.headstream.job;
