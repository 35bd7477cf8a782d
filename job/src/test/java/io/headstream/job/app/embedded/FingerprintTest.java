package io.headstream.job.app.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.job.AttentionSettings;
import io.headstream.job.app.options.BuiltLayer;
import io.headstream.job.app.options.Locations;
import io.headstream.job.app.options.Options;
import io.headstream.job.app.options.RunsOn;
import io.headstream.job.app.options.StateDepends;
import io.headstream.job.app.options.UsageException;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Model.OptionSpec;

class FingerprintTest {
  private static final BuiltLayer LAYER = new BuiltLayer(AttentionSettings.of(64, 4), null);

  @TempDir Path folder;

  private Path checkpoints;

  @BeforeEach
  void begin() throws IOException {
    Files.writeString(folder.resolve("tökens = 1"), "");
    Files.writeString(folder.resolve("other"), "");
    checkpoints = Files.createDirectory(folder.resolve("ck"));
    fingerprint(LAYER).write(checkpoints);
  }

  @Test
  void theSameOptionsGoOn() {
    fingerprint(LAYER, "--model-dim=64", "--mask=none").checkSame(checkpoints);
    fingerprint(LAYER, "--parallelism=7", "--overwrite").checkSame(checkpoints);
  }

  @ParameterizedTest
  @CsvSource({
    "--input-format=text, JSONL, TEXT",
    "--positions-from=arrival, record, arrival",
    "--mask=causal, none, causal",
    "--window=7, unlimited, 7",
    "--sinks=2, 0, 2",
    "--mode=token, sequence, token",
    "--dropout=0.5, 0.0, 0.5",
    "--dropout-seed=1, 0, 1",
    "--seed=-3, 0, -3",
    "--session-gap=30 s, off, PT30S",
    "--max-length=8, 8192, 8",
    "--max-record-bytes=4096, 1048576, 4096",
  })
  void anotherOptionIsNamedWithBothValues(String argument, String before, String now) {
    assertRefused(argument.split("=")[0], before, now, LAYER, argument);
  }

  @Test
  void anotherPlaceIsNamedWithBothNames() {
    assertRefused("--input", "tökens = 1", "other", LAYER, "--input=" + folder.resolve("other"));
    assertRefused(
        "--output",
        "/out",
        "/out2",
        LAYER,
        "--output=" + folder.resolve("out2"),
        "--dead-letters=" + folder.resolve("out-dead-letters"));
    assertRefused(
        "--dead-letters", "/out-dead-letters", "/d", LAYER, "--dead-letters=" + folder + "/d");
  }

  @Test
  void otherAttentionWeightsAreNamedWithBothValues() {
    String to = "--attention-weights=" + folder.resolve("w");
    assertRefused("--attention-weights", "null", "/w", LAYER, to, "--attention-weights-sample=3");
  }

  @Test
  void anotherLayerIsNamedWithBothValues() {
    assertRefused("--model-dim", "64", "32", new BuiltLayer(AttentionSettings.of(32, 4), null));
    assertRefused(
        "--heads",
        "4",
        "8",
        new BuiltLayer(AttentionSettings.of(64, 8).withKeyValueHeads(4), null));
    assertRefused(
        "--kv-heads",
        "4",
        "2",
        new BuiltLayer(AttentionSettings.of(64, 4).withKeyValueHeads(2), null));
    assertRefused(
        "--head-groups",
        "1",
        "2",
        new BuiltLayer(AttentionSettings.of(64, 4).withHeadGroups(2), null));
    assertRefused("--weights", "none", "SHA-256 ab", new BuiltLayer(LAYER.settings(), "ab"));
  }

  @Test
  void everyOptionSaysWhetherStateDependsOnIt() {
    Options options = Options.parse(RunsOn.EMBEDDED, "--input=-");
    for (OptionSpec option : options.parsed().commandSpec().options()) {
      assertThat(((Field) option.userObject()).getAnnotation(StateDepends.class))
          .as(option.longestName())
          .isNotNull();
    }
    Set<String> compared = fingerprint(LAYER).origin().values().keySet();
    assertThat(options.parsed().commandSpec().options())
        .filteredOn(option -> compared.contains(option.longestName()))
        .hasSize(compared.size() - 2) // --kafka.bootstrap.servers and --kafka.transactional.id
        .allMatch(Fingerprint::stateDepends);
  }

  @Test
  void anOptionThatWasNotNotedIsRefused() throws IOException {
    Path noted = checkpoints.resolve("_options");
    Files.writeString(noted, Files.readString(noted).replace("--sinks=0\n", ""));
    assertRefused("--sinks", "null", "0", LAYER);
  }

  @Test
  void valuesMayHoldLineBreaksAndBackslashes() throws IOException {
    String to = "--attention-weights=" + folder.resolve("w");
    String ids = "--attention-weights-for=a\n--sinks=1\\n";
    fingerprint(LAYER, to, ids).write(checkpoints);
    fingerprint(LAYER, to, ids).checkSame(checkpoints);
    assertThatThrownBy(
            () -> fingerprint(LAYER, to, "--attention-weights-for=a").checkSame(checkpoints))
        .hasMessageStartingWith("--attention-weights-for: found '[a]'");
  }

  @Test
  void checkpointsOfUnknownOptionsAreRefused() throws IOException {
    Fingerprint.finish(checkpoints);
    assertThat(Fingerprint.isFinished(checkpoints)).isTrue();
    fingerprint(LAYER).checkSame(checkpoints); // what is done says still what it was
    Fingerprint.delete(checkpoints);

    assertThat(checkpoints).isEmptyDirectory();
    assertThatThrownBy(() -> fingerprint(LAYER).checkSame(checkpoints))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("--checkpoints: found '" + checkpoints + "'");
  }

  private void assertRefused(
      String option, String before, String now, BuiltLayer layer, String... further) {
    assertThatThrownBy(() -> fingerprint(layer, further).checkSame(checkpoints))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith(option + ": found '")
        .hasMessageContainingAll(now + "', expected '", before + "', with which", "/ck ");
  }

  private Fingerprint fingerprint(BuiltLayer layer, String... further) {
    List<String> arguments = new ArrayList<>(List.of(further));
    arguments.add("--checkpoints=" + checkpoints);
    addUnlessGiven(arguments, "--input=", folder.resolve("tökens = 1"));
    addUnlessGiven(arguments, "--output=", folder.resolve("out"));
    Options options = Options.parse(RunsOn.EMBEDDED, arguments.toArray(String[]::new));
    return Fingerprint.of(options, Locations.of(options), layer);
  }

  private static void addUnlessGiven(List<String> arguments, String option, Path value) {
    if (arguments.stream().noneMatch(argument -> argument.startsWith(option))) {
      arguments.add(option + value);
    }
  }
}
