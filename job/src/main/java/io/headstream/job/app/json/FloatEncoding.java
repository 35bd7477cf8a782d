package io.headstream.job.app.json;

/** How an embedding is written. Both read back to the same bits. */
public enum FloatEncoding {
  /** An array of numbers with the fewest digits. */
  JSON,
  /** Base64 of little-endian float32: shorter, and faster on both sides. */
  F32
}
