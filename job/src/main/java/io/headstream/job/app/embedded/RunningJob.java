package io.headstream.job.app.embedded;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A job between its start and its end: watched, and stopped when the user says so. */
final class RunningJob {
  private static final Logger LOG = LoggerFactory.getLogger(RunningJob.class);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(200);
  private static final int STOP_ATTEMPTS = 150;

  private final JobClient client;
  private final CompletableFuture<JobExecutionResult> result;
  private Counts latest = Counts.of(Map.of());

  RunningJob(JobClient client) {
    this.client = client;
    this.result = client.getJobExecutionResult();
  }

  /**
   * Waits for the end of the job, or for the interrupt.
   *
   * @param progress is told the counts about every second
   */
  void watch(CompletableFuture<?> interrupt, Consumer<Counts> progress)
      throws InterruptedException {
    CompletableFuture<?> either = CompletableFuture.anyOf(result, interrupt);
    while (!ended(either, BETWEEN_LOOKS)) {
      latest = look();
      progress.accept(latest);
    }
  }

  private Counts look() throws InterruptedException {
    try {
      return Counts.of(client.getAccumulators().get());
    } catch (ExecutionException | IllegalStateException e) {
      // The job ends just now, perhaps with the whole cluster, or has not yet begun.
      LOG.debug("No accumulators", e);
      return latest;
    }
  }

  /**
   * Stops the job with a savepoint, which commits what is done. A bounded job's open sequences stay
   * open, for a second start goes on with them.
   *
   * @param folder where the savepoint goes
   * @return whether what is done was committed
   */
  boolean stop(String folder) throws InterruptedException {
    for (int attempt = 0; attempt < STOP_ATTEMPTS && !result.isDone(); attempt++) {
      try {
        String savepoint =
            client.stopWithSavepoint(false, folder, SavepointFormatType.CANONICAL).get();
        LOG.info("Stopped with savepoint {}", savepoint);
        return true;
      } catch (ExecutionException | IllegalStateException e) {
        // Tasks that only just start, or end, cannot take a savepoint.
        LOG.info("Cannot stop with a savepoint yet", e);
        ended(result, BETWEEN_ATTEMPTS);
      }
    }
    if (!result.isDone()) {
      client.cancel();
      return false;
    }
    return !result.isCompletedExceptionally();
  }

  /**
   * What the job has done, once it has ended.
   *
   * @throws ExecutionException if it failed
   */
  Counts await() throws InterruptedException, ExecutionException {
    return Counts.of(result.get().getAllAccumulatorResults());
  }

  /** What the job had done when it was last looked at. */
  Counts latest() {
    return latest;
  }

  private static boolean ended(CompletableFuture<?> future, Duration patience)
      throws InterruptedException {
    try {
      future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return true;
    }
  }
}
