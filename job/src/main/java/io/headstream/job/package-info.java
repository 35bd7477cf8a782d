/**
 * Attention as steps of a Flink stream: the library that the program in {@code app} is made of, and
 * other people's pipelines.
 *
 * <p>The data's way, wired by {@link io.headstream.job.AttentionLayer} and {@link
 * io.headstream.job.AttentionStage}, which alone know all packages:
 *
 * <pre>
 * Token -> keyBy(sequence ID) -> sequences: collect whole sequences, or put tokens in order
 *       -> Block              -> attend: FanOut, Attend, Gather, once for each layer
 *       -> Block              -> attend: Answer
 *       -> Token
 * </pre>
 *
 * <p>With one head group that is one chain of operators behind the first shuffle. With more, {@code
 * FanOut} sends each block to every head group, and the tokens' own branch goes past them to the
 * last gather. Beside the answers come out dead letters, attention weights and metrics ({@code
 * observe}). What is kept of a sequence lies in keyed state ({@code cache}), what a layer is made
 * of in {@code weights}.
 */
package io.headstream.job;
