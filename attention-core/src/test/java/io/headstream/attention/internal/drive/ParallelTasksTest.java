package io.headstream.attention.internal.drive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
  private final Buffers buffers = new Buffers();
  private final CyclicBarrier bothWork = new CyclicBarrier(2);

  @AfterEach
  void stop() {
    pool.shutdownNow();
  }

  /** Two tasks that wait for each other end only where two threads take one each. */
  @Test
  void theExecutorsThreadsTakeTheirShare() {
    ParallelTasks.run(2, 2, pool, buffers, (own, task) -> meet());
  }

  @Test
  void theCallerWaitsForWhatOthersHaveBegunAndKeepsItsInterrupt() {
    Thread caller = Thread.currentThread();
    AtomicBoolean returned = new AtomicBoolean();
    AtomicBoolean done = new AtomicBoolean();
    ParallelTasks.run(
        2,
        2,
        pool,
        buffers,
        (own, task) -> {
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
    ParallelTasks.run(2, 2, pool, buffers, (own, task) -> meet());
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void eachThreadHasBuffersOfItsOwn() {
    Set<Buffers> seen = ConcurrentHashMap.newKeySet();
    ParallelTasks.run(
        2,
        2,
        pool,
        buffers,
        (own, task) -> {
          seen.add(own);
          meet();
        });
    assertThat(seen).hasSize(2).contains(buffers);
  }

  @Test
  void onOneThreadTasksAreDoneInOrder() {
    List<Integer> done = new ArrayList<>();
    ParallelTasks.run(
        3,
        1,
        task -> {
          throw new AssertionError("handed over");
        },
        buffers,
        (own, task) -> {
          assertThat(own).isSameAs(buffers);
          done.add(task);
        });
    assertThat(done).containsExactly(0, 1, 2);
  }

  private void meet() {
    try {
      bothWork.await(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("one thread was alone", e);
    }
  }
}
