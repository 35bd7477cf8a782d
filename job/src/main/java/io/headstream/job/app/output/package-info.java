/**
 * Where records go as lines of JSON: into part files of a folder ({@link
 * io.headstream.job.app.output.OutputFiles}) or to the JVM's standard streams ({@link
 * io.headstream.job.app.output.StandardStreamSink}), with one encoder for each kind of record.
 * Topics are in {@code app.kafka}.
 */
package io.headstream.job.app.output;
