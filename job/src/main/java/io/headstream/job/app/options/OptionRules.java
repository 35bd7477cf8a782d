package io.headstream.job.app.options;

import java.util.Comparator;
import java.util.Map;

/** What has to hold between options, and between options and the place where the job runs. */
final class OptionRules {
  private final Options options;
  private final RunsOn place;

  OptionRules(Options options, RunsOn place) {
    this.options = options;
    this.place = place;
  }

  /** Throws a {@link UsageException} at the first rule that is broken. */
  void check() {
    if (options.input() == null) {
      throw new UsageException(
          "--input: missing, expected a file or folder of token records, kafka:TOPIC, or - for"
              + " stdin (--help lists all options)");
    }
    options.tokenFormat();
    checkEventTime();
    checkEmbeddings();
    Topics.of(Places.of(options), options);
    options.output().ifPresent(uri -> refuseDash("--output", uri));
    options.deadLetters().ifPresent(uri -> refuseDash("--dead-letters", uri));
    checkMask();
    checkMode();
    checkAttentionWeights();
    if (place == RunsOn.CLUSTER) {
      checkCluster();
    } else {
      checkEmbedded();
    }
    if (options.weights().isEmpty()) {
      SettingsFromOptions.withoutWeights(options);
    }
  }

  private void checkAttentionWeights() {
    String uri = options.attentionWeights().orElse(null);
    boolean some = false;
    for (String which : new String[] {"--attention-weights-for", "--attention-weights-sample"}) {
      if (options.given(which)) {
        some = true;
        if (uri == null) {
          throw new UsageException(
              which + ": without a place to write to, expected --attention-weights URI as well");
        }
      }
    }
    if (uri != null) {
      refuseDash("--attention-weights", uri);
      if (!some) {
        throw new UsageException(
            "--attention-weights "
                + uri
                + ": of which sequences is missing, expected --attention-weights-for ID[,ID...] or"
                + " --attention-weights-sample N as well");
      }
    }
  }

  private void checkEventTime() {
    if (options.given("--max-out-of-orderness") && !options.eventTime()) {
      throw new UsageException(
          "--max-out-of-orderness: only with --event-time, expected both or neither");
    }
    if (options.eventTime() && options.inputFormat() == InputFormat.TEXT) {
      throw new UsageException(
          "--event-time: not with --input-format text, because words have no timestamps");
    }
  }

  private void checkEmbeddings() {
    if (options.embeddingTable().isPresent() && options.inputFormat() == InputFormat.TEXT) {
      throw new UsageException(
          "--embedding-table: not with --input-format text, whose words have embeddings already");
    }
    if (!options.sinusoidalPositions()) {
      return;
    }
    if (options.embeddingTable().isEmpty()) {
      throw new UsageException(
          "--positions sinusoidal: only with --embedding-table, expected both or neither");
    }
    if (options.positionsOnArrival()) {
      throw new UsageException(
          "--positions sinusoidal: not with --positions-from arrival, because a token is looked up"
              + " before it has a position; expected --positions-from record");
    }
  }

  private static void refuseDash(String option, String uri) {
    if (uri.equals("-")) {
      throw UsageException.unexpected(
          option, uri, "a folder or kafka:TOPIC; only --input may be -");
    }
  }

  private void checkMask() {
    boolean none = options.given("--mask") && !options.saysCausal();
    if (none && options.tokenMode()) {
      throw new UsageException("--mask none: not with --mode token, which is always causal");
    }
    if (none && options.given("--window")) {
      throw new UsageException("--mask none: not with --window, which is causal");
    }
  }

  private void checkMode() {
    for (String option : new String[] {"--max-disorder", "--idle-timeout", "--page-cache"}) {
      if (options.given(option) && !options.tokenMode()) {
        throw new UsageException(option + ": only with --mode token");
      }
    }
    if (options.given("--idle-timeout") && options.given("--session-gap")) {
      throw new UsageException(
          "--idle-timeout: not with --session-gap, which ends abandoned sequences already");
    }
  }

  /** Flink logs the arguments of a program, of {@code flink run} and of an application alike. */
  private void refuseTypedSecrets() {
    options.typedKafkaClients().entrySet().stream()
        .filter(property -> Secrets.isSecret(property.getKey(), property.getValue()))
        .map(Map.Entry::getKey)
        .min(Comparator.naturalOrder())
        .ifPresent(
            key -> {
              throw new UsageException(
                  KafkaArguments.PREFIX
                      + key
                      + ": a secret, and Flink logs the arguments of programs; expected in the"
                      + " file of "
                      + KafkaProperties.OPTION);
            });
  }

  private void checkCluster() {
    refuseTypedSecrets();
    for (String option :
        new String[] {"--parallelism", "--checkpoints", "--overwrite", "--web-ui"}) {
      if (options.given(option)) {
        throw new UsageException(
            option
                + ": only for ./headstream, expected on a cluster: "
                + switch (option) {
                  case "--parallelism" -> "flink run -p N";
                  case "--checkpoints" -> "execution.checkpointing.dir in Flink's configuration";
                  case "--web-ui" -> "rest.port in Flink's configuration";
                  default -> "none, part files are added to the folder";
                });
      }
    }
    if (options.fromStdin()) {
      throw UsageException.unexpected(
          "--input", "-", "a file, folder or kafka:TOPIC; only ./headstream reads stdin");
    }
    if (options.output().isEmpty()) {
      throw new UsageException(
          "--output: missing, expected a folder or kafka:TOPIC; only ./headstream writes to stdout");
    }
  }

  private void checkEmbedded() {
    String checkpoints = options.checkpoints().orElse(null);
    if (checkpoints == null) {
      return;
    }
    if (options.fromStdin()) {
      throw new UsageException(
          "--checkpoints "
              + checkpoints
              + ": not with --input -, because stdin cannot be read again; expected a file,"
              + " folder or kafka:TOPIC as --input");
    }
    if (options.output().isEmpty()) {
      throw new UsageException(
          "--checkpoints "
              + checkpoints
              + ": not with stdout as output, because what was printed cannot be taken back;"
              + " expected --output FOLDER or kafka:TOPIC");
    }
  }
}
