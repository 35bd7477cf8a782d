/**
 * What travels between the operators of the job, and beside each record the serializer that writes
 * it: tokens on the outside, blocks of rows inside. Knows no stage, and of the rest of the job only
 * {@code serialization}.
 */
package io.headstream.job.records;
