package io.headstream.job.app.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.app.options.BuiltLayer;
import io.headstream.job.app.options.Locations;
import io.headstream.job.app.options.Options;
import io.headstream.job.app.options.RunsOn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded Flink in a JVM of its own, which is killed, stopped and started again. */
class EmbeddedITCase {
  @TempDir Path folder;

  @BeforeEach
  void writeInput() throws IOException {
    Files.writeString(folder.resolve("in"), "");
  }

  @Test
  void aKilledAndAStoppedRunAreGoneOnWithExactlyOnce() throws Exception {
    String[] arguments = {"--input=in", "--output=out", "--checkpoints=ck", "--parallelism=3"};

    try (ProcessRun killed = start(arguments)) {
      killed.await("a finished file", () -> !finished().isEmpty());
      killed.signal("KILL");
      assertThat(killed.exitCode()).isEqualTo(137);
    }
    int finishedFiles = finished().size();

    try (ProcessRun other =
        start("--input=in", "--output=out", "--checkpoints=ck", "--mask=causal")) {
      assertThat(other.exitCode()).isEqualTo(2);
      assertThat(other.stderr())
          .singleElement()
          .asString()
          .contains("--mask: found 'causal', expected 'none'", "/ck ");
    }
    try (ProcessRun stopped = start(arguments)) {
      stopped.await("another finished file", () -> finished().size() > finishedFiles);
      stopped.signal("TERM");
      assertThat(stopped.exitCode()).isEqualTo(143);
      assertThat(stopped.stdout()).isEmpty();
      assertThat(stopped.stderr()).hasSize(2);
      assertThat(stopped.stderr().get(0)).startsWith("headstream: going on from " + folder);
      assertThat(stopped.stderr().get(1)).matches("headstream: [\\d,]+ tokens answered in .*");
    }
    // The order to overwrite was for the beginning; it must not undo what is done.
    try (ProcessRun third =
        start("--input=in", "--output=out", "--checkpoints=ck", "--overwrite")) {
      assertThat(third.exitCode()).as("%s", third.stderr()).isZero();
    }

    assertThat(records()).hasSize(StandInJob.TOKENS).doesNotHaveDuplicates();
    try (Snapshots snapshots = Snapshots.take(folder.resolve("ck"))) {
      assertThat(snapshots.newest()).as("a job that is done leaves no checkpoint").isEmpty();
    }
  }

  @Test
  void aFolderGetsItsFilesWithoutCheckpointsBeingAskedFor() throws Exception {
    try (ProcessRun run = start("--input=in", "--output=out")) {
      run.await("a finished file", () -> !finished().isEmpty());
      run.signal("TERM");
      assertThat(run.exitCode()).isEqualTo(143);

      assertThat(run.stdout()).isEmpty();
      assertThat(run.stderr()).singleElement().asString().startsWith("headstream: ");
      String answered = String.format("%,d tokens answered", records().size());
      assertThat(run.stderr().get(0)).contains(answered);
      assertThat(leftovers("out")).isEmpty();
      assertThat(leftovers("tmp")).as("temporary files").isEmpty();
    }
  }

  @Test
  void aFailureIsOneLine() throws Exception {
    try (ProcessRun run = start("--input=in", "--output=out", "--seed=-1")) {
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.stdout()).isEmpty();
      assertThat(run.stderr())
          .containsExactly(
              "headstream: this job fails on purpose; more in " + folder.resolve("run.log"));
      assertThat(folder.resolve("run.log")).content().contains("not a record");
    }
  }

  @Test
  void aSecondRunOnTheSameCheckpointsIsRefused() throws Exception {
    try (ProcessRun first = start("--input=in", "--output=out", "--checkpoints=ck")) {
      first.await("a finished file", () -> !finished().isEmpty());
      first.signal("STOP"); // however slow the machine is, it has not ended when the second begins
      try (ProcessRun second = start("--input=in", "--output=out2", "--checkpoints=ck")) {
        assertThat(second.exitCode()).isEqualTo(2);
        assertThat(second.stderr()).singleElement().asString().contains("--checkpoints");
      }
    }
  }

  @Test
  void aSecondRunIntoTheSameFolderIsRefusedAndTakesNothingFromTheFirst() throws Exception {
    try (ProcessRun first = start("--input=in", "--output=out")) {
      first.await("a file", () -> !files("out", "part-").isEmpty());
      first.signal("STOP"); // however slow the machine is, it has not ended when the others begin
      for (String further : List.of("--parallelism=1", "--overwrite", "--checkpoints=ck")) {
        try (ProcessRun second = start("--input=in", "--output=out", further)) {
          assertThat(second.exitCode()).as(further).isEqualTo(2);
          assertThat(second.stderr())
              .singleElement()
              .asString()
              .contains("--output: found '", "a folder that no other running job writes into");
        }
      }
      first.signal("CONT");
      assertThat(first.exitCode()).as("%s", first.stderr()).isZero();
    }
    assertThat(records()).hasSize(StandInJob.TOKENS).doesNotHaveDuplicates();
    assertThat(leftovers("out")).isEmpty();
  }

  /** As a process leaves it that is killed when its job is done, and before it has noted that. */
  @Test
  void aRunKilledBehindTheEndOfItsJobIsNotDoneAgain() throws Exception {
    String[] arguments = {"--input=in", "--output=out", "--checkpoints=ck"};
    runTheJobAlone(arguments);
    assertThat(records()).hasSize(StandInJob.TOKENS);

    try (ProcessRun again = start(arguments)) {
      assertThat(again.exitCode()).as("%s", again.stderr()).isZero();
      assertThat(again.stderr().get(0)).startsWith("headstream: going on from " + folder);
    }
    assertThat(records()).hasSize(StandInJob.TOKENS).doesNotHaveDuplicates();
    assertThat(leftovers("ck")).isEmpty();
  }

  /**
   * As a process leaves it that is killed while it deletes the checkpoints of a job that is done.
   */
  @Test
  void aRunKilledWhileItTidiesUpIsNotDoneAgain() throws Exception {
    String[] arguments = {"--input=in", "--output=out", "--checkpoints=ck"};
    runTheJobAlone(arguments);
    Fingerprint.finish(folder.resolve("ck"));

    try (ProcessRun again = start(arguments)) {
      assertThat(again.exitCode()).as("%s", again.stderr()).isZero();
      assertThat(again.stderr())
          .containsExactly(
              "headstream: the run in "
                  + folder.resolve("ck")
                  + " is complete, nothing is left to do");
    }
    assertThat(records()).hasSize(StandInJob.TOKENS).doesNotHaveDuplicates();
    assertThat(leftovers("ck")).isEmpty();
  }

  /** What {@link Embedded} does from a run's begin to the end of its job, and nothing behind it. */
  private void runTheJobAlone(String... arguments) throws Exception {
    String[] absolute =
        Stream.of(arguments)
            .map(argument -> argument.replace("=", "=" + folder + "/"))
            .toArray(String[]::new);
    Options options = Options.parse(RunsOn.EMBEDDED, absolute);
    Locations locations = Locations.of(options);
    Path checkpoints = Files.createDirectories(locations.checkpoints());
    try (EmbeddedFlink flink = new EmbeddedFlink(options, checkpoints, null, folder)) {
      BuiltLayer layer = StandInJob.build(flink.environment(), options, locations);
      Fingerprint.of(options, locations, layer).write(checkpoints);
      flink.start().getJobExecutionResult().get();
    }
  }

  private ProcessRun start(String... arguments) throws IOException {
    Files.createDirectories(folder.resolve("tmp"));
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.matches("--(add|sun|enable)-.*"))
        .forEach(command::add);
    command.add("-Djava.io.tmpdir=" + folder.resolve("tmp"));
    command.add("-Dheadstream.log.file=" + folder.resolve("run.log"));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(StandInJob.class.getName());
    command.addAll(List.of(arguments));
    return new ProcessRun(folder, Map.of(), command);
  }

  private List<Path> finished() {
    return files("out", "part-");
  }

  private List<Path> leftovers(String name) {
    return files(name, "").stream()
        .filter(path -> !path.getFileName().toString().startsWith("part-"))
        // The JVM's own, and what Flink deletes with the JVM's end at the earliest.
        .filter(path -> !path.getFileName().toString().startsWith("hsperfdata"))
        .toList();
  }

  private List<Path> files(String name, String start) {
    Path parent = folder.resolve(name);
    if (!Files.isDirectory(parent)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(parent)) {
      return children.filter(path -> path.getFileName().toString().startsWith(start)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> records() throws IOException {
    List<String> records = new ArrayList<>();
    for (Path file : finished()) {
      records.addAll(Files.readAllLines(file));
    }
    return records;
  }
}
