package io.headstream.job.app.options;

/** What a line of the input is. */
public enum InputFormat {
  /** One token record, as JSON. */
  JSONL,
  /** One sequence of words. */
  TEXT
}
