/**
 * What comes out beside the answers: dead letters, the attention weights of sampled sequences (maps
 * of whole sequences, rows of single tokens), and metrics.
 */
package io.headstream.job.observe;
