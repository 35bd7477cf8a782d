package io.headstream.job.app.cli;

import io.headstream.job.app.json.TokenFormat;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/**
 * The options that a run's state depends on, each with the value that is in effect.
 *
 * <p>State that one set of options made is worth nothing to another: half of a stream would be
 * answered by each, and nobody could tell which. So they lie beside the checkpoints, and who goes
 * on has to say the same. The parallelism may be another.
 */
record Fingerprint(Map<String, String> values) {
  private static final String FILE = "_options";

  /** The fingerprint of a job that was built. */
  static Fingerprint of(Options options, Locations locations, BuiltLayer layer) {
    Map<String, Object> values = new LinkedHashMap<>();
    Topics topics = locations.topics();
    values.put("--input", either(topics.inputTopic(), locations.input()));
    // A cluster is the same by whichever of its servers it is reached; no other property is noted,
    // and none that may be a secret.
    values.put("--kafka.bootstrap.servers", cluster(topics));
    // Who goes on under another name leaves transactions open, for which readers wait.
    values.put("--kafka.transactional.id", topics.writes() ? topics.transactionalId() : "none");
    values.put("--until", options.untilLatest() ? "latest" : "unbounded");
    values.put("--delivery", options.delivery().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    values.put("--input-format", options.inputFormat());
    values.put("--positions-from", options.positionsOnArrival() ? "arrival" : "record");
    TokenFormat format = options.tokenFormat();
    values.put("--id-field", format.sequenceId());
    values.put("--position-field", format.position());
    values.put("--embedding-field", format.embedding());
    values.put("--token-field", format.token());
    values.put("--label-field", format.label());
    values.put("--timestamp-field", format.timestamp());
    values.put("--last-field", format.last());
    values.put("--output-encoding", format.encoding().name().toLowerCase(Locale.ROOT));
    values.put("--output", either(topics.outputTopic(), locations.output()));
    values.put("--dead-letters", either(topics.deadLettersTopic(), locations.deadLetters()));
    values.put("--weights", digest(layer.weightsDigest()));
    values.put("--embedding-table", digest(layer.tableDigest()));
    values.put("--positions", options.sinusoidalPositions() ? "sinusoidal" : "none");
    values.put(
        "--attention-weights",
        either(topics.attentionWeightsTopic(), locations.attentionWeights()));
    values.put("--attention-weights-for", options.attentionWeightsFor());
    values.put("--attention-weights-sample", options.attentionWeightsSample().orElse(0));
    values.put("--model-dim", layer.settings().modelDim());
    values.put("--heads", layer.settings().heads());
    values.put("--kv-heads", layer.settings().keyValueHeads());
    values.put("--head-groups", layer.settings().headGroups());
    values.put("--mode", options.tokenMode() ? "token" : "sequence");
    values.put("--window", options.window() == Integer.MAX_VALUE ? "unlimited" : options.window());
    values.put("--sinks", options.sinks());
    values.put("--mask", options.causal() ? "causal" : "none");
    values.put("--max-disorder", options.maxDisorder());
    values.put("--idle-timeout", options.idleTimeout().map(Object::toString).orElse("off"));
    values.put("--dropout", options.dropout());
    values.put("--dropout-seed", options.dropoutSeed());
    values.put("--seed", options.seed());
    values.put("--session-gap", options.sessionGap().map(Object::toString).orElse("off"));
    values.put("--event-time", options.eventTime() ? "on" : "off");
    values.put("--max-out-of-orderness", options.maxOutOfOrderness());
    values.put("--max-length", options.maxLength());
    values.put("--max-record-bytes", options.maxRecordBytes());
    Map<String, String> texts = new LinkedHashMap<>();
    values.forEach((option, value) -> texts.put(option, String.valueOf(value)));
    return new Fingerprint(texts);
  }

  private static Object either(Topic topic, Object place) {
    return topic != null ? topic : place;
  }

  private static String cluster(Topics topics) {
    return topics.clusterId() == null ? "none" : "cluster " + topics.clusterId();
  }

  /** What is in a file, wherever it lies and whatever it is called. */
  private static String digest(String digest) {
    return digest == null ? "none" : "SHA-256 " + digest;
  }

  /** Notes the options of a run that begins, before anything else is in its folder. */
  void write(Path folder) throws IOException {
    Properties properties = new Properties();
    properties.putAll(values);
    Path unfinished = folder.resolve(FILE + ".inprogress");
    try (Writer writer = Files.newBufferedWriter(unfinished)) {
      properties.store(writer, "What the run that checkpoints here was started with");
    }
    Files.move(unfinished, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Forgets a run that is done. */
  static void delete(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(FILE));
  }

  /**
   * Refuses to go on with what other options have begun.
   *
   * @throws UsageException if an option differs; it names the first one and both values
   */
  void checkSame(Path folder) {
    Properties begun = read(folder);
    values.forEach(
        (option, value) -> {
          String before = begun.getProperty(option);
          if (!value.equals(before)) {
            throw UsageException.unexpected(
                option,
                value,
                "'"
                    + before
                    + "', with which the run in --checkpoints "
                    + folder
                    + " began; or another folder for its checkpoints");
          }
        });
  }

  private static Properties read(Path folder) {
    Properties begun = new Properties();
    try (Reader reader = Files.newBufferedReader(folder.resolve(FILE))) {
      begun.load(reader);
      return begun;
    } catch (NoSuchFileException e) {
      throw UsageException.unexpected(
          "--checkpoints",
          folder,
          "checkpoints with the file " + FILE + " beside them, which says what they began with");
    } catch (IOException | IllegalArgumentException e) {
      throw UsageException.unexpected(
          "--checkpoints", folder, "a readable file " + FILE + " in it (" + e + ")");
    }
  }
}
