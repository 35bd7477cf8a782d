/**
 * Records as JSON text, in UTF-8: tokens ({@link io.headstream.job.app.json.TokenJson}, with the
 * names of fields in {@link io.headstream.job.app.json.TokenFormat}), dead letters and attention
 * weights. Pure functions from a record to bytes, which every sink uses; what reads JSON is in
 * {@code app.source}, {@code app.view}. Knows no stage and no Flink.
 */
package io.headstream.job.app.json;
