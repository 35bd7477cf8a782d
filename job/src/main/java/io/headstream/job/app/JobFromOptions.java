package io.headstream.job.app;

import io.headstream.attention.weights.AttentionParameters;
import io.headstream.job.AttentionLayer;
import io.headstream.job.AttentionSettings;
import io.headstream.job.HeadGroupCost;
import io.headstream.job.app.kafka.RecordBound;
import io.headstream.job.app.kafka.SetAsideLargeAnswers;
import io.headstream.job.app.options.BuiltLayer;
import io.headstream.job.app.options.InputFormat;
import io.headstream.job.app.options.Locations;
import io.headstream.job.app.options.Options;
import io.headstream.job.app.options.Place;
import io.headstream.job.app.options.SettingsFromOptions;
import io.headstream.job.app.options.TableLocation;
import io.headstream.job.app.options.Topics;
import io.headstream.job.app.options.UsageException;
import io.headstream.job.app.options.WrittenRecords;
import io.headstream.job.app.source.EmbeddingTable;
import io.headstream.job.app.source.JsonTokenParser;
import io.headstream.job.app.source.RecordReader;
import io.headstream.job.app.source.RecordTimes;
import io.headstream.job.app.source.TextEmbedding;
import io.headstream.job.app.source.TextTokenParser;
import io.headstream.job.app.source.TokenEmbedding;
import io.headstream.job.app.source.TokenLookup;
import io.headstream.job.app.source.TokenParser;
import io.headstream.job.observe.AttentionSample;
import io.headstream.job.records.ReadRecord;
import io.headstream.safetensors.WeightsException;
import java.io.IOException;
import java.util.Optional;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
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
    locations.topics().checkCheckpoints(env.getCheckpointConfig().isCheckpointingEnabled());
    BuiltLayer layer =
        described.withHeadGroups(described.withTable(described.layer()), env.getParallelism());
    described.shipTable(env);
    described.job(layer).withTimes(described.times()).build(env);
    return layer;
  }

  private AttentionJob job(BuiltLayer layer) throws IOException {
    Topics topics = locations.topics();
    AttentionJob job =
        new AttentionJob(
            locations.input().source(options, reader(layer)),
            embedding(layer.settings().modelDim()),
            layer(layer.settings()),
            locations.output().sink(WrittenRecords.answers(options.tokenFormat()), topics),
            locations
                .deadLetters()
                .sink(WrittenRecords.deadLetters(options.tokenFormat()), topics));
    if (locations.attentionWeights().isPresent()) {
      job = withAttentionWeights(job, locations.attentionWeights().get());
    }
    Optional<RecordBound> bound = locations.output().largestRecord(topics);
    return bound.isPresent()
        ? job.withLargestAnswer(new SetAsideLargeAnswers(options.tokenFormat(), bound.get()))
        : job;
  }

  private AttentionJob withAttentionWeights(AttentionJob job, Place place) {
    Topics topics = locations.topics();
    AttentionJob bounded =
        place.largestRecord(topics).map(job::withLargestAttentionWeights).orElse(job);
    return options.tokenMode()
        ? bounded.withAttentionRows(place.sink(WrittenRecords.attentionRows(), topics))
        : bounded.withAttentionMaps(place.sink(WrittenRecords.attentionMaps(), topics));
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
      return new BuiltLayer(
          layer.settings(),
          layer.weightsDigest(),
          EmbeddingTable.check(table.file(), table.tensor(), layer.settings().modelDim()));
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

  private WatermarkStrategy<ReadRecord> times() {
    return options.eventTime()
        ? RecordTimes.ofRecords(options.maxOutOfOrderness())
        : RecordTimes.ofReading();
  }

  private RecordReader reader(BuiltLayer layer) {
    return new RecordReader(
        options.inputFormat() == InputFormat.TEXT ? new TextTokenParser() : jsonParser(layer),
        options.maxRecordBytes());
  }

  private TokenParser jsonParser(BuiltLayer layer) {
    JsonTokenParser parser =
        new JsonTokenParser(
            layer.settings().modelDim(),
            options.positionsOnArrival(),
            options.eventTime(),
            options.tokenFormat());
    return layer.table() == null ? parser : parser.withTable(layer.table().rows());
  }

  private TokenEmbedding embedding(int modelDim) {
    if (options.inputFormat() == InputFormat.TEXT) {
      return new TextEmbedding(modelDim, options.seed());
    }
    TableLocation table = locations.embeddingTable();
    return table == null
        ? TokenEmbedding.OF_RECORD
        : new TokenLookup(TABLE_FILE, table.tensor(), modelDim, options.sinusoidalPositions());
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
}
