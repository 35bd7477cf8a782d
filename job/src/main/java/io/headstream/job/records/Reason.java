package io.headstream.job.records;

/** Why a record went to the dead letters, in the order in which the reasons are tried. */
public enum Reason {
  /** Longer than {@code --max-record-bytes}. */
  TOO_LARGE,
  /** Not a token record. */
  MALFORMED,
  /** Another count of numbers than model-dim. */
  WRONG_DIMENSION,
  /** A number, or the answer, is not finite as float32. */
  NOT_FINITE,
  /** Contradicts what its sequence has said before. */
  CONFLICT,
  /** Token mode: the position was answered before. */
  LATE,
  /** Sequence mode: the sequence is longer than {@code --max-length}. */
  TOO_LONG,
  /** The sequence ended while positions were missing. */
  INCOMPLETE
}
