package io.headstream.job.app.options;

import java.time.Duration;
import picocli.CommandLine.Option;

/** When a token is answered, and what is kept for the tokens to come. */
final class TokenOptions {
  @StateDepends(true)
  @Option(
      names = "--mode",
      paramLabel = "sequence|token",
      defaultValue = "sequence",
      converter = Values.Mode.class,
      description =
          "sequence: attention over a completed sequence. token: each token is answered as it"
              + " arrives, from the keys and values kept for its sequence. Default:"
              + " ${DEFAULT-VALUE}")
  String mode;

  @StateDepends(true)
  @Option(
      names = "--max-disorder",
      paramLabel = "N",
      defaultValue = "64",
      converter = Values.CountOrZero.class,
      description =
          "token mode: at most N tokens of a sequence wait for an earlier one; one more ends the"
              + " sequence, and what waits goes to the dead letters as INCOMPLETE. Default:"
              + " ${DEFAULT-VALUE}")
  int maxDisorder;

  @StateDepends(true)
  @Option(
      names = "--idle-timeout",
      paramLabel = "DURATION|off",
      defaultValue = "1 d",
      converter = Values.TimeOrOff.class,
      description =
          "token mode without --session-gap: a sequence that got no token for this long is"
              + " abandoned: it ends, in processing time. Default: ${DEFAULT-VALUE}")
  Duration idleTimeout; // 0: off

  @StateDepends(false)
  @Option(
      names = "--page-cache",
      paramLabel = "SIZE",
      defaultValue = "128 mb",
      converter = Values.Memory.class,
      description =
          "token mode: how much of the keys and values each subtask keeps decoded, those of the"
              + " sequences answered last, so that a token need not read its whole past from the"
              + " state. Default: ${DEFAULT-VALUE}")
  long pageCacheBytes;
}
