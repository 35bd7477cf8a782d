package io.headstream.e2e;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Faults at random moments of a running job: most of them some time after it runs again, one in
 * four while it is still coming back from the one before.
 */
final class Strikes {
  /** At most so long after the job runs again. */
  static final Duration GAP = Duration.ofMillis(Long.getLong("e2e.gap.millis", 6_000));

  private final StandaloneCluster cluster;
  private final String jobId;
  private final Timeline timeline;
  private final SplittableRandom random;
  private final Recoveries recoveries = new Recoveries();
  private final List<Long> unanswered = new ArrayList<>();

  /** Strikes at a job that runs. */
  Strikes(StandaloneCluster cluster, String jobId, Timeline timeline, SplittableRandom random) {
    this.cluster = cluster;
    this.jobId = jobId;
    this.timeline = timeline;
    this.random = random;
  }

  /** What is done to the cluster. */
  interface Fault {
    void happen() throws Exception;
  }

  /**
   * Lets a fault happen at a random moment. The last one of a test is followed by {@link
   * #awaitRunning}.
   *
   * @throws AssertionError if the job had ended by then, and nothing would have been shown
   */
  void strike(String what, Fault fault) throws Exception {
    Await.moment(Duration.ofMillis(random.nextLong(GAP.toMillis())));
    if (unanswered.isEmpty()) {
      String state = cluster.rest().state(jobId);
      if (state.equals("FINISHED")) {
        throw new AssertionError("the job ended before a fault: " + what);
      }
    }
    timeline.note("%s", what);
    unanswered.add(System.currentTimeMillis());
    fault.happen();
    if (random.nextInt(4) != 0) {
      awaitRunning();
    }
  }

  /** Waits until the job runs after the last fault. */
  void awaitRunning() throws Exception {
    if (unanswered.isEmpty()) {
      return;
    }
    long last = unanswered.get(unanswered.size() - 1);
    cluster.awaitRunning(jobId, last);
    long now = System.currentTimeMillis();
    unanswered.forEach(moment -> recoveries.add(now - moment));
    unanswered.clear();
  }

  Recoveries recoveries() {
    return recoveries;
  }
}
