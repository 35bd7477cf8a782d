/**
 * Kafka topics as what is read and written: the source of a topic's values, each read by {@code
 * app.source} as a line would be, its beginning and its end ({@link
 * io.headstream.job.app.kafka.TokenTopic}); the sink into a topic, in transactions or not ({@link
 * io.headstream.job.app.kafka.OutputTopic}), with answers, dead letters and attention weights as
 * Kafka records; and the steps before the sinks that set aside what a topic would not take ({@link
 * io.headstream.job.app.kafka.RecordBound}).
 *
 * <p>Knows no options: which topics there are, and how their cluster is reached, it is told.
 */
package io.headstream.job.app.kafka;
