/**
 * The program: what a user types, where records come from and go to, made into one job.
 *
 * <pre>
 * options       what was typed becomes places and settings, or is refused in one line
 *    |
 * JobFromOptions -> AttentionJob, which wires:
 *
 *   source, kafka   bytes -> ReadRecord: a token, a dead letter, or a line of text
 *   source          EmbedTokens: ReadRecord -> Token, of a line of text one for each word; dead
 *                   letters to the side
 *   AttentionLayer  Token -> Token, with the answer as its embedding: the library
 *   kafka           before each sink into a topic: what is larger than the topic takes becomes
 *                   a dead letter
 *   output, kafka   Token -> a line of JSON or a Kafka record; dead letters and attention
 *                   weights in the same way, to places of their own
 * </pre>
 *
 * <p>{@link io.headstream.job.app.Main} submits that job to a Flink cluster; {@code embedded} runs
 * the same on a Flink of its own, and {@code view} makes pictures of the attention weights that it
 * wrote. {@code json} is the text of records, for all that write it.
 */
package io.headstream.job.app;
