package io.headstream.job.app.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.job.app.json.FloatEncoding;
import io.headstream.job.app.json.TokenFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldOptionsTest {

  @Test
  void theDefaultsAreTheDocumentedNames() {
    assertThat(format()).isEqualTo(TokenFormat.DEFAULT);
  }

  @Test
  void everyNameCanBeTheUsersOwn() {
    TokenFormat format =
        format(
            "--id-field=user.id",
            "--position-field=step",
            "--embedding-field=vec",
            "--token-field=word",
            "--label-field=name",
            "--timestamp-field=ts",
            "--last-field=end",
            "--output-encoding=f32");
    assertThat(format)
        .isEqualTo(
            new TokenFormat(
                "user.id", "step", "vec", "word", "name", "ts", "end", FloatEncoding.F32));
    assertThat(format("--id-field=position", "--position-field=sequence_id").position())
        .as("exchanged names")
        .isEqualTo("sequence_id");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--id-field=position | --position-field: found 'position', expected another name than that of --id-field",
        "--last-field=embedding_f32 | --last-field: found 'embedding_f32', expected another name than that of --embedding-field",
        "--id-field= | --id-field: found '', expected the name of a field",
        "--positions=sinusoidal | --positions sinusoidal: only with --embedding-table, expected both or neither",
        "--positions=learned | --positions: found 'learned', expected none or sinusoidal",
        "--output-encoding=F32 | --output-encoding: found 'F32', expected json or f32"
      })
  void namesThatCannotBeAreRefused(String argument, String expected) {
    assertThatThrownBy(() -> format(argument))
        .isInstanceOf(UsageException.class)
        .hasMessage(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--id-field",
        "--position-field",
        "--embedding-field",
        "--token-field",
        "--label-field",
        "--timestamp-field",
        "--last-field",
        "--output-encoding",
        "--embedding-table",
        "--positions"
      })
  void helpListsThemWithTheirDefaults(String option) {
    assertThat(Options.information("--help").orElseThrow())
        .containsPattern("\n +" + option + "=[^-]*(?s:.{0,300}?)Default: \\w+");
  }

  private static TokenFormat format(String... further) {
    String[] arguments = new String[further.length + 1];
    arguments[0] = "--input=a";
    System.arraycopy(further, 0, arguments, 1, further.length);
    return Options.parse(RunsOn.EMBEDDED, arguments).tokenFormat();
  }
}
