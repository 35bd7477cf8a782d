/**
 * What travels between the operators of the job, and beside each record the serializer that writes
 * it: what a source has read ({@link io.headstream.job.records.ReadRecord}), tokens on the outside,
 * blocks of rows inside ({@link io.headstream.job.records.Block}), dead letters and attention
 * weights on the side. Knows no stage, and of the rest of the job only {@code serialization}.
 */
package io.headstream.job.records;
