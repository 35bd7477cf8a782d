/**
 * Where tokens come from.
 *
 * <pre>
 * lines of files (TokenFiles, LineFormat), of stdin (StdinSource), values of topics (app.kafka)
 *    -> RawRecord    bytes, and their place in the input, such as tokens.jsonl:17
 *    -> RecordReader sets aside what is too large; its TokenParser understands JSON or text
 *    -> ReadRecord   what the source emits: a token, a dead letter with the reason, or a line
 *                    of text
 *    -> EmbedTokens  the first operator: an embedding for who has none, dead letters to the side
 *    -> Token
 * </pre>
 *
 * <p>A source finds records on a thread of its own and reads them on the task's, once each. With
 * {@code --event-time} {@link io.headstream.job.app.source.RecordTimes} makes watermarks of the
 * tokens' timestamps there, for each file or partition by itself; what Flink calls the timestamp of
 * a record is always when it was read. In {@code EmbedTokens} a {@link
 * io.headstream.job.app.source.TokenEmbedding} looks a token up in a table that the job ships
 * ({@link io.headstream.job.app.source.TokenLookup}), or makes the words of a line of text tokens
 * ({@link io.headstream.job.app.source.TextEmbedding}), where a record does not bring its
 * embedding.
 */
package io.headstream.job.app.source;
