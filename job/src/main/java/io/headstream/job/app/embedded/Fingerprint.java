package io.headstream.job.app.embedded;

import io.headstream.job.app.options.BuiltLayer;
import io.headstream.job.app.options.Locations;
import io.headstream.job.app.options.Options;
import io.headstream.job.app.options.Place;
import io.headstream.job.app.options.StateDepends;
import io.headstream.job.app.options.Topics;
import io.headstream.job.app.options.UsageException;
import io.headstream.job.cache.StateOrigin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The options that a run's state depends on, each with the value that is in effect.
 *
 * <p>State that one set of options made is worth nothing to another: half of a stream would be
 * answered by each, and nobody could tell which. So they lie beside the checkpoints, and who goes
 * on has to say the same. The parallelism may be another.
 *
 * <p>Which options these are, they say themselves by {@link StateDepends}.
 */
record Fingerprint(StateOrigin origin) {
  private static final String FILE = "_options";

  /** What the file is called once the run is done and only its checkpoints have to be deleted. */
  private static final String FINISHED = "_finished";

  /** The fingerprint of a job that was built. */
  static Fingerprint of(Options options, Locations locations, BuiltLayer layer) {
    Map<String, Object> resolved = resolved(options, locations, layer);
    Map<String, String> values = new LinkedHashMap<>();
    for (OptionSpec option : options.parsed().commandSpec().options()) {
      if (stateDepends(option) && !resolved.containsKey(option.longestName())) {
        values.put(option.longestName(), text(option.getValue()));
      }
    }
    resolved.forEach((name, value) -> values.put(name, text(value)));
    return new Fingerprint(new StateOrigin(values));
  }

  /** Whether state depends on an option, as it says of itself. */
  static boolean stateDepends(OptionSpec option) {
    return ((java.lang.reflect.Field) option.userObject())
        .getAnnotation(StateDepends.class)
        .value();
  }

  /** The options of which the text that was typed is not yet the value in effect. */
  private static Map<String, Object> resolved(
      Options options, Locations locations, BuiltLayer layer) {
    Topics topics = locations.topics();
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("--input", locations.input().text());
    // A cluster is the same by whichever of its servers it is reached; no other property is noted,
    // and none that may be a secret.
    values.put("--kafka.bootstrap.servers", cluster(topics));
    // Who goes on under another name leaves transactions open, for which readers wait.
    values.put("--kafka.transactional.id", topics.writes() ? topics.transactionalId() : "none");
    values.put("--delivery", text(options.delivery()).toLowerCase(Locale.ROOT).replace('_', '-'));
    values.put("--output", locations.output().text());
    values.put("--dead-letters", locations.deadLetters().text());
    values.put("--weights", digest(layer.weightsDigest()));
    values.put("--embedding-table", digest(layer.tableDigest()));
    values.put("--attention-weights", locations.attentionWeights().map(Place::text).orElse(null));
    values.put("--attention-weights-for", options.attentionWeightsFor());
    values.put("--attention-weights-sample", options.attentionWeightsSample().orElse(0));
    layer.settings().shape().byOption().forEach((name, count) -> values.put("--" + name, count));
    values.put("--window", options.window() == Integer.MAX_VALUE ? "unlimited" : options.window());
    values.put("--mask", options.causal() ? "causal" : "none");
    values.put("--idle-timeout", options.idleTimeout().map(Object::toString).orElse("off"));
    values.put("--session-gap", options.sessionGap().map(Object::toString).orElse("off"));
    return values;
  }

  private static String text(Object value) {
    return String.valueOf(value);
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
    Path unfinished = folder.resolve(FILE + ".inprogress");
    Files.writeString(unfinished, origin + "\n");
    Files.move(unfinished, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Notes that the run is done, before its last checkpoint goes. */
  static void finish(Path folder) throws IOException {
    Files.move(folder.resolve(FILE), folder.resolve(FINISHED), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Whether a run is done whose checkpoints may not be deleted yet. */
  static boolean isFinished(Path folder) {
    return Files.exists(folder.resolve(FINISHED));
  }

  /** Forgets a run that is done. */
  static void delete(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(FINISHED));
  }

  /**
   * Refuses to go on with what other options have begun.
   *
   * @throws UsageException if an option differs; it names the first one and both values
   */
  void checkSame(Path folder) {
    origin
        .difference(read(folder))
        .ifPresent(
            difference -> {
              throw UsageException.unexpected(
                  difference.name(),
                  difference.now(),
                  "'"
                      + difference.before()
                      + "', with which the run in --checkpoints "
                      + folder
                      + " began; or another folder for its checkpoints");
            });
  }

  private static StateOrigin read(Path folder) {
    try {
      String file = isFinished(folder) ? FINISHED : FILE;
      return StateOrigin.parse(Files.readString(folder.resolve(file)));
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
