/**
 * What comes out beside the answers: dead letters ({@code DeadLetterOutput}, a side output of each
 * operator that refuses something), the attention weights of sampled sequences, out of {@code
 * Attend} ({@code AttentionMaps} of whole sequences, {@code AttentionRows} of single tokens), and
 * metrics ({@code LayerMetrics}, {@code AttentionHealth}).
 */
package io.headstream.job.observe;
