/**
 * {@code ./headstream}: from the options to a job on a Flink inside this JVM, to the user's
 * terminal and the exit code; with checkpoints in a folder of the user's, from one run to the next.
 */
package io.headstream.job.app.embedded;
