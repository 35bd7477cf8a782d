package io.headstream.job.app.embedded;

import java.util.concurrent.CompletableFuture;
import sun.misc.Signal;

/**
 * Ctrl-C, or a request to terminate. The first one asks the job to stop with what is done; the
 * second one ends the JVM at once.
 */
final class Interrupt {
  private static final int SIGNAL_EXIT_CODE = 128;

  private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();

  /** Takes the signals of this JVM, whose own reaction is to end without a word. */
  static Interrupt onSignals() {
    Interrupt interrupt = new Interrupt();
    for (String name : new String[] {"INT", "TERM"}) {
      Signal.handle(new Signal(name), interrupt::received);
    }
    return interrupt;
  }

  private void received(Signal signal) {
    int code = SIGNAL_EXIT_CODE + signal.getNumber();
    if (!exitCode.complete(code)) {
      Runtime.getRuntime().halt(code);
    }
  }

  /** Completed with the exit code, 130 for Ctrl-C, when the first signal came. */
  CompletableFuture<Integer> exitCode() {
    return exitCode;
  }

  /** Whether a signal came. */
  boolean came() {
    return exitCode.isDone();
  }
}
