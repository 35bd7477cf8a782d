/**
 * What a user types. {@link io.headstream.job.app.options.Options} holds their values, {@code
 * OptionRules} the rules between them. {@link io.headstream.job.app.options.Place} is where records
 * come from or go to, a file or folder, a topic or a standard stream, and makes its own source and
 * sinks; {@link io.headstream.job.app.options.Locations} looks at all places before the job starts,
 * and {@link io.headstream.job.app.options.Topics} at the cluster of those that are topics.
 * Whatever is wrong is a {@link io.headstream.job.app.options.UsageException} of one line. Of who
 * runs the job it is told only whether that is a cluster ({@code RunsOn}).
 */
package io.headstream.job.app.options;
