package io.headstream.job.app.embedded;

import io.headstream.job.app.JobFromOptions;
import io.headstream.job.app.model.ModelCommand;
import io.headstream.job.app.options.BuiltLayer;
import io.headstream.job.app.options.FolderLocks;
import io.headstream.job.app.options.Locations;
import io.headstream.job.app.options.Options;
import io.headstream.job.app.options.RunsOn;
import io.headstream.job.app.options.Secrets;
import io.headstream.job.app.options.UsageException;
import io.headstream.job.app.view.ViewCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.flink.util.FileUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code ./headstream}: the job on a Flink inside this JVM, from the options to the exit code; with
 * the word {@code view} in front, {@link ViewCommand}, with {@code model}, {@link ModelCommand}.
 */
public final class Embedded {
  private static final Logger LOG = LoggerFactory.getLogger(Embedded.class);
  private static final int DONE = 0;
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  private final JobBuilder builder;
  private final Console console;
  private final Interrupt interrupt;

  private Embedded(JobBuilder builder, Console console, Interrupt interrupt) {
    this.builder = builder;
    this.console = console;
    this.interrupt = interrupt;
  }

  /** Runs the job and ends the JVM with its exit code. */
  public static void main(String[] arguments) {
    System.exit(run(JobFromOptions::build, arguments));
  }

  /**
   * Runs a job in this JVM, whose standard streams and signals it takes over.
   *
   * @param builder makes the job
   * @param arguments what the user typed
   * @return the exit code: 0 done, 1 the job failed, 2 wrong usage, 130 after Ctrl-C
   */
  static int run(JobBuilder builder, String... arguments) {
    Console console = Console.take();
    Embedded embedded = new Embedded(builder, console, Interrupt.onSignals());
    try {
      if (arguments.length > 0 && arguments[0].equals(ViewCommand.NAME)) {
        return embedded.view(Arrays.copyOfRange(arguments, 1, arguments.length));
      }
      if (arguments.length > 0 && arguments[0].equals(ModelCommand.NAME)) {
        return embedded.model(Arrays.copyOfRange(arguments, 1, arguments.length));
      }
      Optional<String> information = Options.information(arguments);
      if (information.isPresent()) {
        console.information(information.get());
        return DONE;
      }
      Options options = Options.parse(RunsOn.EMBEDDED, arguments);
      console.hide(Secrets.of(options.kafkaClients()));
      return embedded.run(options, Locations.of(options));
    } catch (UsageException e) {
      console.refusal(e.getMessage());
      return USAGE;
    } catch (Exception | LinkageError | OutOfMemoryError e) {
      LOG.error("The job failed", e);
      console.failure(FailureCause.describe(e));
      return FAILED;
    }
  }

  private int view(String... arguments) {
    if (Arrays.asList(arguments).contains("--help")) {
      console.information(ViewCommand.help());
    } else {
      console.line(ViewCommand.run(arguments));
    }
    return DONE;
  }

  private int model(String... arguments) throws InterruptedException {
    if (Arrays.asList(arguments).contains("--help")) {
      console.information(ModelCommand.help());
    } else {
      console.line(ModelCommand.run(arguments));
    }
    return DONE;
  }

  private int run(Options options, Locations locations) throws Exception {
    try (FolderLocks locks = locations.folders().lock()) {
      if (locations.checkpoints() == null) {
        checkFolders(options, locations);
        return run(options, locations, null, null);
      }
      try (Snapshots snapshots = Snapshots.take(locations.checkpoints())) {
        boolean finished = Fingerprint.isFinished(locations.checkpoints());
        Path newest = finished ? null : snapshots.newest().orElse(null);
        if (!finished && newest == null) {
          checkFolders(options, locations);
        }
        int exitCode = run(options, locations, snapshots, newest);
        if (exitCode == DONE) {
          forget(snapshots, locations.checkpoints());
        }
        return exitCode;
      }
    }
  }

  /**
   * Lets the next start be a new beginning. Killed in between, it finds either a checkpoint at the
   * end of the input or the note that nothing is left to do.
   */
  private static void forget(Snapshots snapshots, Path checkpoints) throws IOException {
    if (!Fingerprint.isFinished(checkpoints)) {
      Fingerprint.finish(checkpoints);
    }
    snapshots.deleteAllBut(null);
    Fingerprint.delete(checkpoints);
  }

  private static void checkFolders(Options options, Locations locations) {
    if (options.overwrite()) {
      locations.folders().checkOnlyPartFiles();
    } else {
      locations.folders().checkEmpty();
    }
  }

  /**
   * Builds and runs the job.
   *
   * @param snapshots where the job checkpoints to; null for a folder that is gone at the end
   * @param newest where the job goes on from; null for the beginning
   */
  private int run(Options options, Locations locations, Snapshots snapshots, Path newest)
      throws Exception {
    Path temporary = Files.createTempDirectory("headstream-");
    Path checkpoints = snapshots == null ? temporary : locations.checkpoints();
    try (EmbeddedFlink flink = new EmbeddedFlink(options, checkpoints, newest, temporary)) {
      BuiltLayer layer = builder.build(flink.environment(), options, locations);
      Fingerprint fingerprint = Fingerprint.of(options, locations, layer);
      if (snapshots != null && Fingerprint.isFinished(checkpoints)) {
        fingerprint.checkSame(checkpoints);
        console.line("the run in " + checkpoints + " is complete, nothing is left to do");
        return DONE;
      }
      if (newest == null) {
        // Nothing was changed until here, where nothing is left that could be refused.
        begin(options, locations, fingerprint);
      } else {
        fingerprint.checkSame(checkpoints);
        snapshots.deleteAllBut(newest);
        console.line(
            "going on from " + newest + "; the output is neither emptied nor expected to be empty");
      }
      int exitCode = run(flink, checkpoints);
      if (exitCode == DONE) {
        locations.folders().deleteUnfinished();
      }
      return exitCode;
    } finally {
      delete(temporary);
    }
  }

  private static void begin(Options options, Locations locations, Fingerprint fingerprint)
      throws IOException {
    if (options.overwrite()) {
      locations.folders().empty();
    }
    if (locations.checkpoints() != null) {
      fingerprint.write(locations.checkpoints());
    }
  }

  private int run(EmbeddedFlink flink, Path checkpoints) throws Exception {
    long start = System.nanoTime();
    RunningJob job = new RunningJob(flink.start());
    job.watch(interrupt.exitCode(), counts -> console.progress(counts, since(start)));
    boolean committed = !interrupt.came() || job.stop(checkpoints.toUri().toString());
    Counts counts;
    try {
      counts = job.await();
    } catch (ExecutionException e) {
      if (committed || !interrupt.came()) {
        throw e;
      }
      LOG.error("The job did not stop with a savepoint", e);
      console.failure("what was done since the last checkpoint could not be committed");
      counts = job.latest();
    }
    console.line(counts.summary(since(start)));
    return interrupt.came() ? interrupt.exitCode().join() : DONE;
  }

  private static Duration since(long startNanos) {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  private static void delete(Path folder) {
    try {
      FileUtils.deleteDirectory(folder.toFile());
    } catch (IOException e) {
      LOG.warn("Cannot delete {}", folder, e);
    }
  }
}
