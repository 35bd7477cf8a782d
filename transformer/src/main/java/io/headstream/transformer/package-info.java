/** Whole trained transformer models, from a checkpoint folder to the answer. Knows no Flink. */
package io.headstream.transformer;
