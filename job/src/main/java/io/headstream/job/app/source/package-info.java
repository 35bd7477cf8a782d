/**
 * Where tokens come from. A source reads records, each with its place in the input and not yet
 * understood: lines of files ({@link io.headstream.job.app.source.TokenFiles}) or of stdin ({@link
 * io.headstream.job.app.source.StdinSource}); the values of topics come from {@code app.kafka}.
 * Then {@link io.headstream.job.app.source.ParseTokens} makes each record a token, or a dead letter
 * with the reason, by a {@link io.headstream.job.app.source.TokenParser} for JSON or for text;
 * embeddings may be looked up in a table ({@link io.headstream.job.app.source.TokenLookup}).
 * Watermarks follow what {@link io.headstream.job.app.source.RecordTimes} reads in the records.
 */
package io.headstream.job.app.source;
