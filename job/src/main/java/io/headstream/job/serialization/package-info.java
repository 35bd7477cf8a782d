/**
 * How records become bytes: one bulk codec for floats, and what Flink and Kryo need around it.
 * Knows no record; each record's own serializer stands beside it.
 */
package io.headstream.job.serialization;
