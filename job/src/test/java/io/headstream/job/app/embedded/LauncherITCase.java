package io.headstream.job.app.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.headstream.job.app.options.Options;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ./headstream} as users start it, on the jar that this build has made. */
class LauncherITCase {
  private static final Path PROJECT = Path.of("").toAbsolutePath().getParent();
  private static final Path LAUNCHER = PROJECT.resolve("headstream");

  @TempDir Path folder;

  @Test
  void answersTextWhateverTheLocaleAndTheNames() throws Exception {
    Path text = folder.resolve("größe 日本.txt");
    Files.writeString(text, "the quick brown fox\n\njumps über den Zaun\n");
    Path link = Files.createSymbolicLink(folder.resolve("link to it"), LAUNCHER);

    try (ProcessRun run =
        start(
            Map.of("LC_ALL", "C"),
            link,
            "--input",
            text.getFileName().toString(),
            "--input-format=text",
            "--heads=4",
            "--model-dim=8",
            "--head-groups=2",
            "--parallelism=3")) {
      assertThat(run.exitCode()).as("%s", run.stderr()).isZero();

      assertThat(run.stdout()).hasSize(8);
      assertThat(run.stdout())
          .filteredOn(line -> line.startsWith("{\"sequence_id\":\"größe 日本.txt:3\""))
          .extracting(line -> line.replaceFirst(".*\"label\":", ""))
          .containsExactly("\"jumps\"}", "\"über\"}", "\"den\"}", "\"Zaun\",\"last\":true}");
      assertThat(run.stderr()).hasSize(1);
      assertThat(run.stderr().get(0))
          .matches(
              "headstream: 8 tokens answered in 2 sequences, 0 dead letters, 0 duplicates,"
                  + " \\d+\\.\\d s \\(\\d+ tokens/s\\)");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM"})
  void aSignalEndsAStreamWithASummary(String signal) throws Exception {
    assumeFalse(signal.equals("INT") && ignoresInterrupts(), "Ctrl-C is ignored in this shell");
    try (ProcessRun run = start(Map.of(), LAUNCHER, "--input=-", "--model-dim=4")) {
      run.stdin().write(token("a", "1, 2, 3, 4"));
      run.stdin().write(token("not finite", "1e99, 2, 3, 4"));
      run.stdin().flush();
      run.await("an answer", () -> run.stdout().size() == 1);
      run.await("a dead letter", () -> run.stderr().size() == 1);
      run.signal(signal);

      assertThat(run.exitCode()).isEqualTo(signal.equals("INT") ? 130 : 143);
      assertThat(run.stdout()).hasSize(1);
      assertThat(run.stderr()).hasSize(2);
      assertThat(run.stderr().get(0)).startsWith("{\"reason\":\"NOT_FINITE\"");
      assertThat(run.stderr().get(1))
          .startsWith("headstream: 1 token answered in 1 sequence, 1 dead letter, 0 duplicates");
    }
  }

  /** No answer waits for a later record or for the end of the input. */
  @ParameterizedTest
  @CsvSource({"token, 1", "token, 4", "sequence, 1", "sequence, 4"})
  void eachAnswerComesBeforeTheNextTokenIsWritten(String mode, int headGroups) throws Exception {
    String[] arguments = {
      "--input=-", "--mode=" + mode, "--model-dim=4", "--heads=4", "--head-groups=" + headGroups
    };
    try (ProcessRun run = start(Map.of(), LAUNCHER, arguments)) {
      for (int i = 0; i < 50; i++) {
        boolean token = mode.equals("token");
        run.stdin().write(token(token ? "a" : "a" + i, token ? i : 0, !token));
        run.stdin().flush();
        int answers = i + 1;
        run.await("answer " + answers, () -> run.stdout().size() == answers);
      }
      run.stdin().close();
      assertThat(run.exitCode()).as("%s", run.stderr()).isZero();
      assertThat(run.stdout()).hasSize(50);
    }
  }

  @Test
  void theWebUiShowsTheRunningJobAndNothingCanBeChangedThere() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    String ui = "--web-ui=" + port;
    try (ProcessRun run = start(Map.of(), LAUNCHER, "--input=-", "--model-dim=4", ui)) {
      run.stdin().write(token("a", "1, 2, 3, 4"));
      run.stdin().flush();
      run.await("an answer", () -> run.stdout().size() == 1);
      HttpClient browser = HttpClient.newHttpClient();
      URI root = URI.create("http://localhost:" + port + "/");
      assertThat(get(browser, root)).contains("<title>Apache Flink Web Dashboard</title>");
      String overview = get(browser, root.resolve("jobs/overview"));
      assertThat(overview).contains("\"Headstream\"", "\"RUNNING\"");
      String id = overview.replaceFirst(".*\"jid\":\"(\\w+)\".*", "$1");
      assertThat(get(browser, root.resolve("jobs/" + id)))
          .contains("Read token records", "Embed tokens", "Collect sequences", "Attend with all 4");
      assertThat(get(browser, root.resolve("config")))
          .contains("\"web-submit\":false", "\"web-cancel\":false", "\"web-rescale\":false");

      try (ProcessRun second = start(Map.of(), LAUNCHER, "--input=-", ui)) {
        assertThat(second.exitCode()).isEqualTo(2);
        assertThat(second.stderr())
            .singleElement()
            .asString()
            .contains(
                "--web-ui: found '" + port + "', expected a port of this machine that is free");
      }
      run.stdin().close();
      assertThat(run.exitCode()).isZero();
    }
  }

  private static String get(HttpClient browser, URI page) throws Exception {
    return browser
        .send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  @Test
  void aStdoutThatNobodyReadsIsAFailureInOneLine() throws Exception {
    Path answer = folder.resolve("answer");
    List<String> pipe =
        List.of(
            "bash", "-o", "pipefail", "-c", "\"$0\" \"$@\" | head -n 1 >" + answer.getFileName());
    try (ProcessRun run = start(Map.of(), pipe, LAUNCHER, "--input=-", "--model-dim=4")) {
      // As many as it takes: head is gone after the first, which nobody hears of before a write.
      run.await(
          "the end of head",
          () -> {
            try {
              run.stdin().write(token("a", "1, 2, 3, 4"));
              run.stdin().flush();
              return !run.stderr().isEmpty();
            } catch (IOException e) {
              return true; // the job has ended already
            }
          });

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(Files.readAllLines(answer)).hasSize(1);
      assertThat(run.stderr()).hasSize(1);
      assertThat(run.stderr().get(0)).contains("closed").contains(".log");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--hed=4",
        "--input",
        "--input=in --heads=5 --model-dim=64",
        "--input=nix",
        "--input=in --output=/dev/null/out",
        "--input=in --weights=in",
        "--input=in --max-length=100000000",
        "--input=in --mode=token --mask=none"
      })
  void wrongUsageIsOneLine(String arguments) throws Exception {
    Files.writeString(folder.resolve("in"), "");
    Path log = folder.resolve("run.log");
    Map<String, String> logging = Map.of("HEADSTREAM_JAVA_OPTS", "-Dheadstream.log.file=" + log);
    try (ProcessRun run = start(logging, LAUNCHER, arguments.split(" "))) {
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.stdout()).isEmpty();
      assertThat(run.stderr()).hasSize(1);
      assertThat(run.stderr().get(0)).startsWith("headstream: --");
      assertThat(log).doesNotExist();
    }
  }

  @Test
  void aClosedStdinIsAnEmptyInput() throws Exception {
    List<String> closed = List.of("bash", "-c", "exec \"$0\" \"$@\" <&-");
    try (ProcessRun run = start(Map.of(), closed, LAUNCHER, "--input=-")) {
      assertThat(run.exitCode()).as("%s", run.stderr()).isZero();
      assertThat(run.stdout()).isEmpty();
      assertThat(run.stderr())
          .singleElement()
          .asString()
          .startsWith("headstream: 0 tokens answered in 0 sequences, 0 dead letters");
    }
  }

  @Test
  void aClosedStdoutIsAFailureThatIsNamed() throws Exception {
    Files.writeString(folder.resolve("in"), "a word\n");
    List<String> closed = List.of("bash", "-c", "exec \"$0\" \"$@\" >&-");
    try (ProcessRun run = start(Map.of(), closed, LAUNCHER, "--input=in", "--input-format=text")) {
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.stderr())
          .singleElement()
          .asString()
          .startsWith("headstream: stdout cannot be written to: ");
    }
  }

  @Test
  void helpGoesToStdout() throws Exception {
    try (ProcessRun run = start(Map.of(), LAUNCHER, "--help")) {
      assertThat(run.exitCode()).isZero();
      assertThat(String.join("\n", run.stdout()))
          .isEqualTo(Options.information("--help").orElseThrow());
      assertThat(run.stderr()).isEmpty();
    }
  }

  @Test
  void anOldJdkIsRefused() throws Exception {
    Path java = folder.resolve("old/bin/java");
    Files.createDirectories(java.getParent());
    Files.writeString(java, "#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path tools = Files.createDirectories(folder.resolve("tools"));
    for (String tool : List.of("bash", "dirname", "readlink", "sed", "head")) {
      Files.createSymbolicLink(tools.resolve(tool), tool(tool));
    }
    Map<String, String> environment =
        Map.of("PATH", tools.toString(), "JAVA_HOME", folder.resolve("old").toString());

    try (ProcessRun run = start(environment, LAUNCHER, "--version")) {
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.stderr()).hasSize(1);
      assertThat(run.stderr().get(0)).contains("17", "version 11", "JAVA_HOME");
    }
  }

  @Test
  void aMissingJarIsSaidWhereNothingMayBeBuilt() throws Exception {
    Path launcher = folder.resolve("headstream");
    Files.copy(LAUNCHER, launcher, StandardCopyOption.COPY_ATTRIBUTES);

    try (ProcessRun run = start(Map.of(), launcher, "--version")) {
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.stderr()).singleElement().asString().contains("headstream.jar is missing");
    }
    try (ProcessRun run = start(Map.of("HEADSTREAM_NO_BUILD", ""), launcher, "--version")) {
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.stderr()).singleElement().asString().contains("no sources to build it from");
    }
  }

  @Test
  void theLauncherOpensWhatTheTestsOpen() throws Exception {
    String pom = Files.readString(PROJECT.resolve("pom.xml"));
    String launcher = Files.readString(LAUNCHER);

    List<String> flags = new ArrayList<>();
    for (String property : List.of("vector", "flink", "jdk")) {
      Pattern.compile("<jvm\\.flags\\." + property + ">(.+)</")
          .matcher(pom)
          .results()
          .forEach(match -> flags.addAll(List.of(match.group(1).split(" "))));
    }
    assertThat(flags)
        .hasSizeGreaterThan(10)
        .allSatisfy(flag -> assertThat(launcher).contains(flag));
  }

  private ProcessRun start(Map<String, String> environment, Path launcher, String... arguments)
      throws IOException {
    return start(environment, List.of(), launcher, arguments);
  }

  private ProcessRun start(
      Map<String, String> environment, List<String> before, Path launcher, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(before);
    command.add(launcher.toString());
    command.addAll(List.of(arguments));
    Map<String, String> all = new HashMap<>();
    all.put("JAVA_HOME", System.getProperty("java.home"));
    // The jar is being tested, and a build inside the build would replace it.
    all.put("HEADSTREAM_NO_BUILD", "1");
    all.putAll(environment);
    return new ProcessRun(folder, all, command);
  }

  private static byte[] token(String id, String embedding) {
    return "{\"sequence_id\": \"%s\", \"position\": 0, \"embedding\": [%s], \"last\": true}\n"
        .formatted(id, embedding)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] token(String id, int position, boolean last) {
    String token =
        "{\"sequence_id\": \"%s\", \"position\": %d, \"embedding\": [1, 2, 3, 4], \"last\": %b}\n";
    return token.formatted(id, position, last).getBytes(StandardCharsets.UTF_8);
  }

  private static Path tool(String name) {
    for (String directory : System.getenv("PATH").split(":")) {
      Path program = Path.of(directory, name);
      if (Files.isExecutable(program)) {
        return program;
      }
    }
    throw new AssertionError(name + " is not on the PATH");
  }

  /**
   * A process that was started in the background of a script ignores Ctrl-C, as do its children.
   */
  private static boolean ignoresInterrupts() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return false;
    }
    String ignored =
        Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .map(line -> line.substring("SigIgn:".length()).strip())
            .findFirst()
            .orElse("0");
    return (Long.parseUnsignedLong(ignored, 16) & 2) != 0;
  }
}
