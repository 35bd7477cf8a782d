package io.headstream.job.app.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.job.AttentionSettings;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {

  static Stream<Arguments> refusals() {
    return Stream.of(
        refused("--input: missing"),
        refused("'tokens.jsonl': not an option", "tokens.jsonl"),
        refused("'x': not an option", "--input", "a", "--", "x"),
        // unknown, with the closest known one
        refused("--hed: unknown option, the closest known one is --heads", "--hed", "3"),
        refused("--kv_heads: unknown option, the closest known one is --kv-heads", "--kv_heads=3"),
        refused("-input: unknown option, the closest known one is --input", "-input", "a"),
        // missing, empty and repeated values
        refused("--heads: its value is missing, expected --heads H", "--heads"),
        refused("--heads: its value is missing", "--heads", "--kv-heads", "2"),
        refused("--input: its value is missing", "--input", "--output", "b"),
        refused("--input: found '', expected", "--input="),
        refused("--output: found '--overwrit', expected", "--input=a", "--output", "--overwrit"),
        refused("--input: given more than once", "--input", "a", "--input=b"),
        refused("--overwrite: given more than once", "--input=a", "--overwrite", "--overwrite"),
        refused("--overwrite: found 'maybe', expected the option alone", "--overwrite=maybe"),
        // numbers
        refused("--heads: found 'five', expected a whole number from 1", "--heads", "five"),
        refused("--heads: found '0', expected a whole number from 1", "--heads=0"),
        refused("--heads: found '4.0', expected a whole number", "--heads=4.0"),
        refused("--kv-heads: found '-1', expected", "--kv-heads", "-1"),
        refused("--model-dim: found '46341', expected", "--model-dim", "46341"),
        refused("--max-length: found '2147483648', expected", "--max-length", "2147483648"),
        refused("--max-record-bytes: found '1 MiB', expected", "--max-record-bytes", "1 MiB"),
        refused("--parallelism: found '721', expected a whole", "--parallelism=721"),
        refused("--head-groups: found 'all', expected a whole number", "--head-groups=all"),
        refused("--head-groups: found '0', expected", "--head-groups=0"),
        refused("--seed: found '1e3', expected a whole number", "--seed", "1e3"),
        refused("--dropout-seed: found '', expected", "--dropout-seed="),
        refused("--dropout: found '1', expected a number P with 0 <= P < 1", "--dropout", "1"),
        refused("--dropout: found '-0.1', expected", "--dropout", "-0.1"),
        refused("--dropout: found 'NaN', expected", "--dropout", "NaN"),
        // words
        refused("--input-format: found 'JSONL', expected jsonl or text", "--input-format=JSONL"),
        refused("--mask: found 'full', expected none or causal", "--mask", "full"),
        refused("--positions-from: found 'x', expected record or arrival", "--positions-from=x"),
        refused("--mode: found 'x', expected sequence or token", "--mode=x"),
        // durations
        refused("--session-gap: found '30', expected a time with its unit", "--session-gap", "30"),
        refused("--session-gap: found '0 s', expected", "--session-gap", "0 s"),
        refused("--session-gap: found '-1 s', expected", "--session-gap", "-1 s"),
        refused("--session-gap: found '5 ns', expected", "--session-gap", "5 ns"),
        refused("--session-gap: found '3 moons', expected", "--session-gap", "3 moons"),
        refused("expected a time", "--session-gap", "99999999999999999999 d"),
        refused("--idle-timeout: found 'x', expected a time with its unit", "--idle-timeout=x"),
        refused("30 s or 5 min, or off", "--idle-timeout=30"),
        // token mode
        refused("--window: found '-1', expected a whole number from 0", "--window=-1"),
        refused("--sinks: found '-1', expected a whole number from 0", "--sinks=-1"),
        refused("--max-disorder: found '-1', expected a whole number from 0", "--max-disorder=-1"),
        refused("--page-cache: found '64', expected an amount of memory", "--page-cache=64"),
        refused("--page-cache: found '-1 mb', expected an amount", "--page-cache=-1 mb"),
        refused("--max-disorder: only with --mode token", "--input=a", "--max-disorder=3"),
        refused("--idle-timeout: only with --mode token", "--input=a", "--idle-timeout=1 h"),
        refused("--page-cache: only with --mode token", "--input=a", "--page-cache=0"),
        refused("--mask none: not with --mode token", "--input=a", "--mode=token", "--mask=none"),
        refused("--mask none: not with --window", "--input=a", "--window=3", "--mask", "none"),
        // between options
        refused("--heads 5: does not divide model-dim 64", "--input=a", "--heads=5"),
        refused(
            "--kv-heads 3: does not divide heads 4", "--input=a", "--heads=4", "--kv-heads", "3"),
        refused(
            "--head-groups 4: does not divide 2 key/value heads",
            "--input=a",
            "--kv-heads=2",
            "--head-groups=4"),
        refused(
            "--checkpoints c: not with --input -, because stdin cannot be read again",
            "--input=-",
            "--output=b",
            "--checkpoints=c"),
        refused(
            "--checkpoints c: not with stdout as output, because what was printed cannot be taken",
            "--input=a",
            "--checkpoints=c"),
        refused("--output: found '-', expected a folder", "--input=a", "--output=-"),
        refused("--dead-letters: found '-', expected", "--input=a", "--dead-letters=-"),
        // attention weights
        refused(
            "--attention-weights w: of which sequences is missing, expected",
            "--input=a",
            "--attention-weights=w"),
        refused(
            "--attention-weights-for: without a place to write to, expected --attention-weights",
            "--input=a",
            "--attention-weights-for=i"),
        refused(
            "--attention-weights-sample: without a place to write to",
            "--input=a",
            "--attention-weights-sample=1"),
        refused(
            "--attention-weights-sample: found '0', expected a whole",
            "--attention-weights-sample=0"),
        refused(
            "--attention-weights-for: found 'a,,b', expected sequence IDs",
            "--attention-weights-for=a,,b"),
        refused(
            "--attention-weights-for: found '', expected sequence IDs", "--attention-weights-for="),
        refused(
            "--attention-weights: found '-', expected a folder",
            "--input=a",
            "--attention-weights=-",
            "--attention-weights-for=a"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "a,b a|b",
        "a\\,b a,b",
        "\\,,c\\,\\, ,|c,,",
        "a\\b\\ a\\b\\",
        "a\\\\,b a\\,b",
      })
  void idsMayHoldCommas(String typed, String ids) {
    Options options =
        Options.parse(
            RunsOn.EMBEDDED,
            "--input=-",
            "--attention-weights=w",
            "--attention-weights-for=" + typed,
            "--attention-weights-for=z");
    assertThat(options.attentionWeightsFor()).containsExactlyInAnyOrder((ids + "|z").split("\\|"));
  }

  private static Arguments refused(String start, String... arguments) {
    return Arguments.of(start, arguments);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusals")
  void refusesInOneLineThatNamesTheOption(String expected, String[] arguments) {
    assertThatThrownBy(() -> Options.parse(RunsOn.EMBEDDED, arguments))
        .as(Arrays.toString(arguments))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(expected)
        .hasMessageMatching("[^\\p{Cntrl}]+");
  }

  static Stream<Arguments> clusterRefusals() {
    return Stream.of(
        refused("--parallelism: only for ./headstream", "--input=a", "--parallelism=2"),
        refused("--checkpoints: only for ./headstream", "--input=a", "--checkpoints=c"),
        refused("--overwrite: only for ./headstream", "--input=a", "--output=b", "--overwrite"),
        refused("--input: found '-', expected a file, folder or", "--input=-", "--output=b"),
        refused("--output: missing, expected a folder", "--input=a"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("clusterRefusals")
  void refusesOnAClusterWhatOnlyTheEmbeddedFlinkCanDo(String expected, String[] arguments) {
    assertThatThrownBy(() -> Options.parse(RunsOn.CLUSTER, arguments))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith(expected);
  }

  @Test
  void controlCharactersOfAValueDoNotBreakTheLine() {
    assertThatThrownBy(() -> Options.parse(RunsOn.EMBEDDED, "--heads=1\n2\r\u2028\u001b[2J"))
        .hasMessageStartingWith("--heads: found '1 2 [2J'");
  }

  @Test
  void defaultsAreThoseOfTheTable() {
    Options options = Options.parse(RunsOn.EMBEDDED, "--input", "a");

    assertThat(options.input()).isEqualTo("a");
    assertThat(options.inputFormat()).isEqualTo(InputFormat.JSONL);
    assertThat(options.output()).isEmpty();
    assertThat(options.overwrite()).isFalse();
    assertThat(options.deadLetters()).isEmpty();
    assertThat(options.weights()).isEmpty();
    assertThat(options.weightsPrefix()).isEmpty();
    assertThat(options.causal()).isFalse();
    assertThat(options.dropout()).isZero();
    assertThat(options.dropoutSeed()).isZero();
    assertThat(options.sessionGap()).isEmpty();
    assertThat(options.maxLength()).isEqualTo(8192);
    assertThat(options.tokenMode()).isFalse();
    assertThat(options.window()).isEqualTo(Integer.MAX_VALUE);
    assertThat(options.sinks()).isZero();
    assertThat(options.maxDisorder()).isEqualTo(64);
    assertThat(options.idleTimeout()).contains(Duration.ofDays(1));
    assertThat(options.pageCacheBytes()).isEqualTo(128 << 20);
    assertThat(options.positionsOnArrival()).isFalse();
    assertThat(options.maxRecordBytes()).isEqualTo(1024 * 1024);
    assertThat(options.seed()).isZero();
    assertThat(options.parallelism()).isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(options.checkpoints()).isEmpty();
    assertThat(options.attentionWeights()).isEmpty();
    assertThat(options.attentionWeightsFor()).isEmpty();
    assertThat(options.attentionWeightsSample()).isEmpty();
    assertThat(SettingsFromOptions.withoutWeights(options)).isEqualTo(AttentionSettings.of(64, 4));
  }

  @Test
  void valuesFollowTheirKeysWithABlankOrAnEqualsSign() {
    Options options =
        Options.parse(
            RunsOn.EMBEDDED,
            "--input=-",
            "--session-gap",
            "5 min",
            "--seed=-7",
            "--dropout-seed",
            "-8",
            "--mode=sequence",
            "--weights-prefix",
            "",
            "--head-groups=2",
            "--attention-weights=w",
            "--attention-weights-for",
            "README.md:3,b",
            "--attention-weights-sample=100");

    assertThat(options.attentionWeights()).contains("w");
    assertThat(options.attentionWeightsFor()).containsExactly("README.md:3", "b");
    assertThat(options.attentionWeightsSample()).contains(100);
    assertThat(options.fromStdin()).isTrue();
    assertThat(options.sessionGap()).contains(Duration.ofMinutes(5));
    assertThat(options.seed()).isEqualTo(-7);
    assertThat(options.dropoutSeed()).isEqualTo(-8);
    assertThat(options.given("--weights-prefix")).isTrue();
    assertThat(options.given("--weights")).isFalse();
    assertThat(SettingsFromOptions.withoutWeights(options).headGroups()).isEqualTo(2);
  }

  @Test
  void aWindowAndTokenModeAreCausal() {
    Options window = Options.parse(RunsOn.EMBEDDED, "--input=a", "--window=0", "--sinks=4");
    assertThat(window.causal()).isTrue();
    assertThat(window.window()).isZero();
    assertThat(window.sinks()).isEqualTo(4);

    Options token =
        Options.parse(
            RunsOn.EMBEDDED,
            "--input=a",
            "--mode=token",
            "--max-disorder=0",
            "--idle-timeout=off",
            "--page-cache=0");
    assertThat(token.causal()).isTrue();
    assertThat(token.tokenMode()).isTrue();
    assertThat(token.maxDisorder()).isZero();
    assertThat(token.idleTimeout()).isEmpty();
    assertThat(token.pageCacheBytes()).isZero();
  }

  @Test
  void aValueThatBeginsWithAnAtSignIsNoFileOfOptions() {
    assertThat(Options.parse(RunsOn.EMBEDDED, "--input", "@a").input()).isEqualTo("@a");
  }

  @Test
  void theWeightsFileSaysTheDimensionsAndOptionsMayRepeatThem() {
    AttentionSettings file = AttentionSettings.of(32, 4).withKeyValueHeads(2);
    Options silent = Options.parse(RunsOn.EMBEDDED, "--input=a", "--weights=w");
    assertThat(SettingsFromOptions.ofWeights(silent, 32, 2)).isEqualTo(file);

    Options repeating =
        Options.parse(
            RunsOn.EMBEDDED, "--input=a", "--weights=w", "--model-dim=32", "--kv-heads=2");
    assertThat(SettingsFromOptions.ofWeights(repeating, 32, 2)).isEqualTo(file);
    assertThatThrownBy(() -> SettingsFromOptions.ofWeights(repeating, 48, 2))
        .isInstanceOf(UsageException.class)
        .hasMessage("--model-dim: found '32', expected 48 as in w");
    assertThatThrownBy(() -> SettingsFromOptions.ofWeights(repeating, 32, 4))
        .isInstanceOf(UsageException.class)
        .hasMessage("--kv-heads: found '2', expected 4 as in w");
    assertThatThrownBy(() -> SettingsFromOptions.ofWeights(silent, 30, 2))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("--heads 4: does not divide model-dim 30");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--input",
        "--input-format",
        "--output",
        "--overwrite",
        "--dead-letters",
        "--weights",
        "--weights-prefix",
        "--model-dim",
        "--heads",
        "--kv-heads",
        "--mode",
        "--mask",
        "--window",
        "--sinks",
        "--head-groups",
        "--dropout",
        "--dropout-seed",
        "--session-gap",
        "--event-time",
        "--max-out-of-orderness",
        "--max-length",
        "--max-disorder",
        "--idle-timeout",
        "--page-cache",
        "--positions-from",
        "--max-record-bytes",
        "--seed",
        "--parallelism",
        "--checkpoints",
        "--kafka.KEY",
        "--kafka-properties",
        "--from",
        "--until",
        "--delivery",
        "--attention-weights",
        "--attention-weights-for",
        "--attention-weights-sample",
        "--help",
        "--version"
      })
  void helpListsEveryOptionWithItsDefault(String option) {
    String help = Options.information("--help").orElseThrow();
    String[] entries = help.split("\n  (?=--)");

    assertThat(entries)
        .filteredOn(entry -> entry.matches("(?s)" + option + "[= \n].*"))
        .singleElement()
        .asString()
        .containsPattern("Default:|Required\\.");
  }

  @Test
  void helpIsNoWiderThanATerminalAndBreaksAtWords() {
    String help = Options.information("--help").orElseThrow();
    assertThat(help.lines()).allMatch(line -> line.length() <= 100);
    assertThat(help).contains("a file or folder of token records", "\nAttention layer\n");
  }

  @Test
  void helpIsGivenBesideWhatIsWrongAndNothingElseIsInformation() {
    assertThat(Options.information("--heads=many", "--kafka.group.id", "g", "--help")).isPresent();
    assertThatThrownBy(() -> Options.information("--help", "--hed=4"))
        .isInstanceOf(UsageException.class)
        .hasMessage("--hed: unknown option, the closest known one is --heads");
    assertThat(Options.information("--version"))
        .hasValueSatisfying(version -> assertThat(version).startsWith("headstream "));
    assertThat(Options.information("--input", "a")).isEmpty();
  }
}
