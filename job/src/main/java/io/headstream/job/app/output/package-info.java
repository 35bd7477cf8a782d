/**
 * Where records go as lines of JSON: answers, dead letters and attention weights, each with an
 * encoder of its own, which writes what {@code app.json} makes of the record.
 *
 * <p>{@link io.headstream.job.app.output.OutputFiles} is a folder of part files, which a checkpoint
 * finishes, so that each line is there once; {@link
 * io.headstream.job.app.output.StandardStreamSink} is stdout or stderr of the JVM, where a line
 * appears as soon as it is made and would come again after a failure. Topics are in {@code
 * app.kafka}.
 */
package io.headstream.job.app.output;
