/**
 * {@code ./headstream}: from the options to a job on a Flink inside this JVM, to the user's
 * terminal and the exit code.
 *
 * <p>{@link io.headstream.job.app.embedded.Embedded} goes through a run: it has the job built
 * ({@code JobBuilder}), starts a Flink that listens to no other machine ({@code EmbeddedFlink}),
 * and watches ({@code RunningJob}) until the input ends or the user interrupts ({@code Interrupt}).
 * What the user sees is {@code Console}, what the log file gets {@code RunLog}: standard output
 * holds records only.
 *
 * <p>With {@code --checkpoints} a run goes on where the last one stopped: {@code Snapshots} are
 * what lies in that folder, and {@code Fingerprint} beside them says with which options they began,
 * so that a start with others is refused. {@code RetainingCluster} keeps the last checkpoint until
 * it is noted that the job is done.
 *
 * <p>With {@code view} as its first argument, {@code Embedded} runs {@code app.view} and no job.
 */
package io.headstream.job.app.embedded;
