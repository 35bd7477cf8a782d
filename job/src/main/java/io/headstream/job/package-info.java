/**
 * The Flink job, and its layer for other people's pipelines. Only here are the stages wired: {@code
 * source -> sequences -> heads -> gather -> output}.
 */
package io.headstream.job;
