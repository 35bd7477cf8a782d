package io.headstream.job.app.view;

import java.io.IOException;

/** A line is no record of attention weights; the message says which line, and why. */
public final class UnreadableRecordException extends IOException {
  private static final long serialVersionUID = 1L;

  UnreadableRecordException(String where, String why) {
    super(where + ": not a record of attention weights: " + why);
  }
}
