/**
 * What travels between the stages of the job, and beside each record the serializer that writes it.
 * Knows no stage, and of the rest of the job only {@code serialization}.
 */
package io.headstream.job.records;
