/**
 * Attention as steps of a Flink stream: the library that the program in {@code app} is made of, and
 * other people's pipelines.
 *
 * <p>The data's way, wired by {@link io.headstream.job.AttentionLayer} and {@link
 * io.headstream.job.AttentionStage}, which alone know all packages of the library. What is read and
 * written is the program's: {@code app.source} and {@code app.kafka} before it, {@code app.output}
 * and {@code app.kafka} behind it.
 *
 * <pre>
 * Token -> keyBy(sequence ID)
 *       -> sequences   sequence mode: CollectSequences, a Block is a whole sequence
 *                      token mode:    OrderTokens, a Block is the next tokens, or just the end
 *       -> attend      FanOut, Attend, Gather: Block -> Block, the same operators in both modes,
 *                      once for each layer; in token mode Attend keeps keys and values in cache
 *       -> attend      Answer: a token for each row
 *       -> Token, with the answer as its embedding
 * </pre>
 *
 * <p>With one head group that is one chain of operators behind the first shuffle. With more, {@code
 * FanOut} sends each block to every head group, and the tokens' own branch goes past them to the
 * last gather; the package documentation of {@code attend} draws both. Tokens that contradict their
 * sequence and answers that are not finite leave the stages as dead letters.
 *
 * <p>To read on, in the data's order:
 *
 * <ol>
 *   <li>{@code app}: the program around the library, from what a user types to what is written
 *   <li>{@code records}: what travels, {@code serialization}: how it becomes bytes
 *   <li>{@code sequences}: tokens become blocks
 *   <li>{@code attend}: blocks become answers, with what {@code weights} loads
 *   <li>{@code cache}: what is kept of a sequence in token mode
 *   <li>{@code observe}: dead letters, attention weights and metrics, which come out on the side
 * </ol>
 */
package io.headstream.job;
