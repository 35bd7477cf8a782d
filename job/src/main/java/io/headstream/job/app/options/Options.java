package io.headstream.job.app.options;

import io.headstream.job.StreamSettings;
import io.headstream.job.app.json.TokenFormat;
import io.headstream.job.app.kafka.Delivery;
import io.headstream.job.app.kafka.StartFrom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * What the user typed, checked as far as that is possible without looking at any file.
 *
 * <p>Not changed after {@link #parse}; safe to read from any thread.
 */
@Command(name = "headstream", versionProvider = Version.class)
public final class Options {
  @Mixin private InputOptions input;
  @Mixin private FieldOptions fields;
  @Mixin private EmbeddingOptions embeddings;
  @Mixin private OutputOptions output;
  @Mixin private KafkaOptions kafka;
  @Mixin private LayerOptions layer;
  @Mixin private TokenOptions token;
  @Mixin private RunOptions run;
  @Mixin private AttentionMapOptions attentionMaps;

  private ParseResult parsed;
  private Map<String, String> kafkaClients = Map.of();
  private Map<String, String> typedKafkaClients = Map.of();

  private Options() {}

  /**
   * The text that {@code --help} or {@code --version} asks for, or empty where neither is given.
   *
   * @param arguments what the user typed
   * @throws UsageException if there is an option beside {@code --help} that does not exist
   */
  public static Optional<String> information(String... arguments) {
    // Also beside values that are wrong: who asks for help has a reason.
    if (Arrays.asList(arguments).contains("--help")) {
      CommandLine commandLine = new CommandLine(new Options());
      ParseFailure.refuseUnknown(KafkaArguments.of(arguments).others(), commandLine);
      return Optional.of(HelpText.of(commandLine));
    }
    if (Arrays.asList(arguments).contains("--version")) {
      return Optional.of(new Version().getVersion()[0]);
    }
    return Optional.empty();
  }

  /**
   * Reads and checks what the user typed.
   *
   * @param place where the job is going to run
   * @param arguments what the user typed
   * @throws UsageException if anything is wrong with it
   */
  public static Options parse(RunsOn place, String... arguments) {
    KafkaArguments kafkaArguments = KafkaArguments.of(arguments);
    Options options = new Options();
    options.typedKafkaClients = kafkaArguments.clients();
    options.kafkaClients = kafkaArguments.clients();
    CommandLine commandLine = new CommandLine(options);
    // A value that begins with @ is a value, not the name of a file with more options.
    commandLine.setExpandAtFiles(false);
    try {
      options.parsed = commandLine.parseArgs(kafkaArguments.others().toArray(String[]::new));
    } catch (ParameterException e) {
      throw ParseFailure.explain(e);
    }
    if (options.kafka.properties != null) {
      options.kafkaClients =
          KafkaProperties.with(options.kafka.properties, kafkaArguments.clients());
    }
    new OptionRules(options, place).check();
    return options;
  }

  static UsageException notYet(String option) {
    return new UsageException(option + ": not in this version of Headstream yet");
  }

  /** Whether the user typed the option, as opposed to its default being in effect. */
  public boolean given(String name) {
    return parsed.hasMatchedOption(name);
  }

  /** The options with what was typed. */
  public ParseResult parsed() {
    return parsed;
  }

  /** Properties of the Kafka clients, without {@code --kafka.}; some may be secrets. */
  public Map<String, String> kafkaClients() {
    return kafkaClients;
  }

  /** Those of {@link #kafkaClients} that the command line has, and no file. */
  Map<String, String> typedKafkaClients() {
    return typedKafkaClients;
  }

  /** Where a Kafka input starts. */
  public StartFrom from() {
    return kafka.from;
  }

  /** Whether a Kafka input ends at what are its latest records at the start. */
  public boolean untilLatest() {
    return kafka.until != null;
  }

  /** What a Kafka topic that is written may hold after a failure. */
  public Delivery delivery() {
    return kafka.delivery;
  }

  /** A file or folder, {@code kafka:TOPIC}, or {@code -} for stdin. */
  public String input() {
    return input.input;
  }

  /** Whether records come from stdin. */
  public boolean fromStdin() {
    return "-".equals(input.input);
  }

  /** What a line of the input is. */
  public InputFormat inputFormat() {
    return input.format;
  }

  /** Whether positions are counted as tokens arrive instead of read from the record. */
  public boolean positionsOnArrival() {
    return input.positionsFrom.equals("arrival");
  }

  /** The form of a token record, in and out. */
  public TokenFormat tokenFormat() {
    return fields.format();
  }

  /** The embedding table as typed; empty for none. */
  public Optional<String> embeddingTable() {
    return Optional.ofNullable(embeddings.table);
  }

  /** Whether the encoding of the position is added to what comes from the table. */
  public boolean sinusoidalPositions() {
    return embeddings.positions.equals("sinusoidal");
  }

  /** After how long without a token a sequence ends; empty for never. */
  public Optional<Duration> sessionGap() {
    return Optional.ofNullable(input.sessionGap);
  }

  /** Whether records have to say their time, and sequences end by it. */
  public boolean eventTime() {
    return input.eventTime;
  }

  /** How far watermarks stay behind the newest record. */
  public Duration maxOutOfOrderness() {
    return input.maxOutOfOrderness;
  }

  /** The longest sequence that is answered, in tokens. */
  public int maxLength() {
    return input.maxLength;
  }

  /** The longest record that is read, in bytes. */
  public int maxRecordBytes() {
    return input.maxRecordBytes;
  }

  /** The output folder or {@code kafka:TOPIC}; empty for stdout. */
  public Optional<String> output() {
    return Optional.ofNullable(output.output);
  }

  /** Whether an output folder that is not empty is emptied. */
  public boolean overwrite() {
    return output.overwrite;
  }

  /** Where dead letters go, as the user named it; empty where it follows from the output. */
  public Optional<String> deadLetters() {
    return Optional.ofNullable(output.deadLetters);
  }

  /** The folder for attention weights; empty where nobody asks for them. */
  public Optional<String> attentionWeights() {
    return Optional.ofNullable(attentionMaps.uri);
  }

  /** The sequences whose attention weights are asked for by name. */
  public Set<String> attentionWeightsFor() {
    return attentionMaps.ids == null ? Set.of() : new TreeSet<>(attentionMaps.ids);
  }

  /** The attention weights of every so manieth sequence are asked for; empty for none. */
  public Optional<Integer> attentionWeightsSample() {
    return Optional.ofNullable(attentionMaps.every);
  }

  /** The safetensors file; empty for seeded weights. */
  public Optional<String> weights() {
    return Optional.ofNullable(layer.weights);
  }

  /** What stands before the tensor names in the weights file. */
  public String weightsPrefix() {
    return layer.weightsPrefix;
  }

  /**
   * As typed, or the default; with weights only {@link SettingsFromOptions} knows the size that
   * holds.
   */
  int modelDim() {
    return layer.modelDim;
  }

  /** Query heads. */
  public int heads() {
    return layer.heads;
  }

  /** As typed; empty where it follows from the heads or the weights. */
  Optional<Integer> keyValueHeads() {
    return Optional.ofNullable(layer.keyValueHeads);
  }

  /** Into how many parts the heads are fanned out; empty for auto. */
  public Optional<Integer> headGroups() {
    return Optional.ofNullable(layer.headGroups);
  }

  /** Whether a query sees only itself and what stands before it. */
  public boolean causal() {
    return layer.mask.equals("causal") || layer.window != null || tokenMode();
  }

  /** Whether {@code --mask} says so, typed or not. */
  boolean saysCausal() {
    return layer.mask.equals("causal");
  }

  /** How many positions before its own a query sees; {@code Integer.MAX_VALUE} for all. */
  public int window() {
    return layer.window == null ? Integer.MAX_VALUE : layer.window;
  }

  /** How many of the first positions stay visible although outside the window. */
  public int sinks() {
    return layer.sinks;
  }

  /** Whether each token is answered as it arrives. */
  public boolean tokenMode() {
    return token.mode.equals("token");
  }

  /** When tokens are answered, and how sequences end. */
  StreamSettings stream() {
    return new StreamSettings(
        tokenMode() ? StreamSettings.Mode.TOKEN : StreamSettings.Mode.SEQUENCE,
        input.maxLength,
        input.sessionGap,
        input.eventTime,
        token.maxDisorder,
        idleTimeout().orElse(null));
  }

  /** Token mode: how many tokens of a sequence wait for an earlier one. */
  public int maxDisorder() {
    return token.maxDisorder;
  }

  /** Token mode: after how long without a token an abandoned sequence ends; empty for never. */
  public Optional<Duration> idleTimeout() {
    return Optional.of(token.idleTimeout).filter(timeout -> !timeout.isZero());
  }

  /** Token mode: how much of the keys and values a subtask keeps decoded, in bytes. */
  public long pageCacheBytes() {
    return token.pageCacheBytes;
  }

  /** The dropout rate on the attention weights, from 0 to below 1. */
  public double dropout() {
    return layer.dropout;
  }

  /** The seed of the dropout mask. */
  public long dropoutSeed() {
    return layer.dropoutSeed;
  }

  /** The seed of generated weights and of text embeddings. */
  public long seed() {
    return layer.seed;
  }

  /** How many subtasks each operator has on the embedded Flink. */
  public int parallelism() {
    return run.parallelism != null
        ? run.parallelism
        : Math.min(Runtime.getRuntime().availableProcessors(), Values.Parallelism.MOST);
  }

  /** The port of the embedded Flink's web UI; empty for none. */
  public Optional<Integer> webUi() {
    return Optional.ofNullable(run.webUi);
  }

  /** The folder that the embedded Flink checkpoints into; empty for none. */
  public Optional<String> checkpoints() {
    return Optional.ofNullable(run.checkpoints);
  }
}
