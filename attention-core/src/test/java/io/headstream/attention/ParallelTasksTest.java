package io.headstream.attention;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ParallelTasksTest {
  private final ExecutorService pool = Executors.newSingleThreadExecutor();
  private final AttentionOptions twoThreads = AttentionOptions.defaults().withExecutor(pool, 2);
  private final CyclicBarrier bothWork = new CyclicBarrier(2);

  @AfterEach
  void stop() {
    pool.shutdownNow();
  }

  /** Two tasks that wait for each other end only where two threads take one each. */
  @Test
  void theExecutorsThreadsTakeTheirShare() {
    ParallelTasks.run(2, twoThreads, task -> meet());
  }

  @Test
  void theCallerWaitsForWhatOthersHaveBegunAndKeepsItsInterrupt() {
    Thread caller = Thread.currentThread();
    AtomicBoolean returned = new AtomicBoolean();
    AtomicBoolean done = new AtomicBoolean();
    ParallelTasks.run(
        2,
        twoThreads,
        task -> {
          meet();
          if (Thread.currentThread() == caller) {
            caller.interrupt();
            return;
          }
          while (caller.getState() != Thread.State.WAITING && !returned.get()) {
            Thread.onSpinWait();
          }
          done.set(true);
        });
    boolean doneBefore = done.get();
    returned.set(true);
    assertThat(doneBefore).isTrue();
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void aCallThatWasNotInterruptedDoesNotInterrupt() {
    ParallelTasks.run(2, twoThreads, task -> meet());
    assertThat(Thread.interrupted()).isFalse();
  }

  private void meet() {
    try {
      bothWork.await(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("one thread was alone", e);
    }
  }
}
