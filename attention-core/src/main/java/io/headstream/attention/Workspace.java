package io.headstream.attention;

import io.headstream.attention.internal.drive.Buffers;

/**
 * Buffers of a call that the caller brings, so that the call allocates nothing.
 *
 * <p>They grow to what a call needs and stay: from the second call of a shape on, nothing is
 * allocated but what hands over work where the call runs on several threads. One workspace serves
 * one call at a time, of any attention and any shape; it holds nothing that the result depends on.
 */
public final class Workspace {
  private final Buffers buffers = new Buffers();

  /** An empty workspace, which the first call fills. */
  public Workspace() {}

  /** What a call reads of this. */
  Buffers buffers() {
    return buffers;
  }
}
