package io.headstream.job.records;

/** What one head attends to: in a whole sequence, or with one token. */
public sealed interface AttentionRecord permits AttentionMap, AttentionRow {
  /** Which sequence. */
  String sequenceId();

  /** Which query head of the layer, from 0. */
  int head();
}
