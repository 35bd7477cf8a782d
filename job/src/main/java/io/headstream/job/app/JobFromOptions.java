package io.headstream.job.app;

import io.headstream.attention.weights.AttentionParameters;
import io.headstream.job.AttentionLayer;
import io.headstream.job.AttentionSettings;
import io.headstream.job.HeadGroupCost;
import io.headstream.job.app.kafka.AnswerRecords;
import io.headstream.job.app.kafka.DeadLetterRecords;
import io.headstream.job.app.kafka.Delivery;
import io.headstream.job.app.kafka.OutputTopic;
import io.headstream.job.app.kafka.SetAsideLargeAnswers;
import io.headstream.job.app.kafka.TokenTopic;
import io.headstream.job.app.kafka.WeightsRecords;
import io.headstream.job.app.options.BuiltLayer;
import io.headstream.job.app.options.InputFormat;
import io.headstream.job.app.options.Locations;
import io.headstream.job.app.options.Options;
import io.headstream.job.app.options.SettingsFromOptions;
import io.headstream.job.app.options.TableLocation;
import io.headstream.job.app.options.Topics;
import io.headstream.job.app.options.UsageException;
import io.headstream.job.app.output.AttentionMapEncoder;
import io.headstream.job.app.output.AttentionRowEncoder;
import io.headstream.job.app.output.DeadLetterEncoder;
import io.headstream.job.app.output.OutputFiles;
import io.headstream.job.app.output.StandardStreamSink;
import io.headstream.job.app.output.TokenEncoder;
import io.headstream.job.app.source.EmbeddingTable;
import io.headstream.job.app.source.JsonTokenParser;
import io.headstream.job.app.source.RecordTimes;
import io.headstream.job.app.source.StdinSource;
import io.headstream.job.app.source.TextTokenParser;
import io.headstream.job.app.source.TokenFiles;
import io.headstream.job.app.source.TokenLookup;
import io.headstream.job.app.source.TokenParser;
import io.headstream.job.observe.AttentionSample;
import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.RawRecord;
import io.headstream.job.records.Token;
import io.headstream.safetensors.WeightsException;
import java.io.IOException;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The job that a user's options describe. */
public final class JobFromOptions {
  private static final String TABLE_FILE = "headstream-embedding-table";

  private final Options options;
  private final Locations locations;

  private JobFromOptions(Options options, Locations locations) {
    this.options = options;
    this.locations = locations;
  }

  /**
   * Puts the job into an environment, ready to be executed.
   *
   * @return the layer that answers
   * @throws UsageException if the weights are refused, or if a topic's transactions would never be
   *     committed
   * @throws IOException if the input's file system cannot be reached
   */
  public static BuiltLayer build(
      StreamExecutionEnvironment env, Options options, Locations locations) throws IOException {
    JobFromOptions described = new JobFromOptions(options, locations);
    described.checkCheckpoints(env);
    BuiltLayer layer =
        described.withHeadGroups(described.withTable(described.layer()), env.getParallelism());
    described.shipTable(env);
    described.job(layer.settings()).withTimes(described.times()).build(env);
    return layer;
  }

  private void checkCheckpoints(StreamExecutionEnvironment env) {
    Topics topics = locations.topics();
    boolean transactions = topics.writes() && options.delivery() == Delivery.EXACTLY_ONCE;
    boolean unbounded = topics.input().isPresent() && !options.untilLatest();
    if (transactions && unbounded && !env.getCheckpointConfig().isCheckpointingEnabled()) {
      throw new UsageException(
          "--delivery exactly-once: not without checkpoints, with which transactions are committed;"
              + " expected execution.checkpointing.interval in Flink's configuration, or"
              + " at-least-once");
    }
  }

  private AttentionJob job(AttentionSettings settings) throws IOException {
    AttentionJob job =
        new AttentionJob(
            records(),
            parser(settings),
            options.maxRecordBytes(),
            layer(settings),
            answers(),
            deadLetters());
    if (options.attentionWeights().isPresent()) {
      job = withAttentionWeights(job);
    }
    Topics topics = locations.topics();
    return topics.output().isPresent()
        ? job.withLargestAnswer(
            new SetAsideLargeAnswers(options.tokenFormat(), topics.largestAnswer()))
        : job;
  }

  private AttentionJob withAttentionWeights(AttentionJob job) {
    Topics topics = locations.topics();
    if (topics.attentionWeights().isEmpty()) {
      return options.tokenMode()
          ? job.withAttentionRows(
              OutputFiles.sink(locations.attentionWeights(), new AttentionRowEncoder()))
          : job.withAttentionMaps(
              OutputFiles.sink(locations.attentionWeights(), new AttentionMapEncoder()));
    }
    String topic = topics.attentionWeights().get();
    AttentionJob bounded = job.withLargestAttentionWeights(topics.largestAttentionWeights());
    return options.tokenMode()
        ? bounded.withAttentionRows(
            OutputTopic.sink(
                new WeightsRecords<>(topic),
                topics.clients(),
                options.delivery(),
                topics.transactionalId() + "-attention-weights"))
        : bounded.withAttentionMaps(
            OutputTopic.sink(
                new WeightsRecords<>(topic),
                topics.clients(),
                options.delivery(),
                topics.transactionalId() + "-attention-weights"));
  }

  /** Reads the weights once here, so that damaged ones are refused before the job starts. */
  private BuiltLayer layer() throws IOException {
    if (locations.weights() == null) {
      return new BuiltLayer(SettingsFromOptions.withoutWeights(options), null);
    }
    try {
      AttentionParameters parameters =
          AttentionParameters.read(locations.weights(), options.weightsPrefix(), options.heads());
      AttentionSettings settings =
          SettingsFromOptions.ofWeights(options, parameters.modelDim(), parameters.keyValueHeads());
      return new BuiltLayer(
          settings, options.checkpoints().isPresent() ? parameters.digest() : null);
    } catch (WeightsException e) {
      throw new UsageException("--weights: " + e.getMessage()); // which names the file
    } catch (IOException e) {
      throw new UsageException("--weights " + locations.weights() + ": cannot be read: " + e);
    }
  }

  /** Reads the embedding table once here too. */
  private BuiltLayer withTable(BuiltLayer layer) {
    TableLocation table = locations.embeddingTable();
    if (table == null) {
      return layer;
    }
    try {
      String digest =
          EmbeddingTable.check(table.file(), table.tensor(), layer.settings().modelDim());
      return new BuiltLayer(layer.settings(), layer.weightsDigest(), digest);
    } catch (WeightsException e) {
      throw new UsageException("--embedding-table: " + e.getMessage()); // which names the file
    } catch (IOException e) {
      throw new UsageException("--embedding-table " + table.file() + ": cannot be read: " + e);
    }
  }

  /** Where nobody said how many head groups, the cost model does. */
  private BuiltLayer withHeadGroups(BuiltLayer layer, int slots) {
    if (options.headGroups().isPresent()) {
      return layer;
    }
    int length =
        options.given("--max-length") ? options.maxLength() : HeadGroupCost.EXPECTED_LENGTH;
    return layer.with(layer.settings().withChosenHeadGroups(length, Math.max(1, slots)));
  }

  private void shipTable(StreamExecutionEnvironment env) {
    if (locations.embeddingTable() != null) {
      env.registerCachedFile(locations.embeddingTable().file().toString(), TABLE_FILE);
    }
  }

  private Source<RawRecord, ?, ?> records() throws IOException {
    Topics topics = locations.topics();
    if (topics.input().isPresent()) {
      return TokenTopic.source(
          topics.input().get(),
          topics.clients(),
          options.from(),
          options.untilLatest(),
          options.maxRecordBytes());
    }
    return locations.input() == null
        ? new StdinSource(options.maxRecordBytes())
        : TokenFiles.source(locations.input(), options.maxRecordBytes());
  }

  private WatermarkStrategy<RawRecord> times() {
    return options.eventTime()
        ? RecordTimes.ofRecords(options.tokenFormat().timestamp(), options.maxOutOfOrderness())
        : RecordTimes.ofReading();
  }

  private TokenParser parser(AttentionSettings settings) {
    if (options.inputFormat() == InputFormat.TEXT) {
      return new TextTokenParser(settings.modelDim(), options.seed());
    }
    JsonTokenParser parser =
        new JsonTokenParser(
            settings.modelDim(),
            options.positionsOnArrival(),
            options.eventTime(),
            options.tokenFormat());
    TableLocation table = locations.embeddingTable();
    return table == null
        ? parser
        : parser.withLookup(
            new TokenLookup(
                TABLE_FILE, table.tensor(), settings.modelDim(), options.sinusoidalPositions()));
  }

  private AttentionLayer layer(AttentionSettings settings) {
    AttentionLayer layer =
        locations.weights() == null
            ? AttentionLayer.seeded(options.seed(), settings)
            : AttentionLayer.fromCheckedFile(
                locations.weights().toString(), options.weightsPrefix(), settings);
    return layer.withAttentionMaps(
        new AttentionSample(
            options.attentionWeightsFor(), options.attentionWeightsSample().orElse(0)));
  }

  private Sink<Token> answers() {
    Topics topics = locations.topics();
    if (topics.output().isPresent()) {
      return OutputTopic.sink(
          new AnswerRecords(topics.output().get(), options.tokenFormat()),
          topics.clients(),
          options.delivery(),
          topics.transactionalId() + "-answers");
    }
    return locations.output() == null
        ? StandardStreamSink.stdout(new TokenEncoder(options.tokenFormat()))
        : OutputFiles.sink(locations.output(), new TokenEncoder(options.tokenFormat()));
  }

  private Sink<DeadLetter> deadLetters() {
    Topics topics = locations.topics();
    if (topics.deadLetters().isPresent()) {
      return OutputTopic.sink(
          new DeadLetterRecords(
              topics.deadLetters().get(), options.tokenFormat(), topics.largestDeadLetter()),
          topics.clients(),
          options.delivery(),
          topics.transactionalId() + "-dead-letters");
    }
    return locations.deadLetters() == null
        ? StandardStreamSink.stderr(new DeadLetterEncoder(options.tokenFormat()))
        : OutputFiles.sink(locations.deadLetters(), new DeadLetterEncoder(options.tokenFormat()));
  }
}
