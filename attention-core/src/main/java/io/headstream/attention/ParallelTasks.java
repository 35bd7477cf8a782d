package io.headstream.attention;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/**
 * Runs independent tasks 0 to n-1 on the caller's thread and, while there are any left, on threads
 * of an executor.
 *
 * <p>The caller waits only for tasks that somebody has begun, never for a thread, so that a busy
 * executor, even the one whose thread the caller is, costs speed and nothing else.
 */
final class ParallelTasks {
  private final int tasks;
  private final Body body;
  private final AtomicInteger workers = new AtomicInteger();
  private final AtomicInteger next = new AtomicInteger();
  private final CountDownLatch open;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  private ParallelTasks(int tasks, Body body) {
    this.tasks = tasks;
    this.body = body;
    this.open = new CountDownLatch(tasks);
  }

  /** What a task does. */
  interface Body {
    /**
     * Does it.
     *
     * @param worker which of the threads of this run it is on, from 0; no two at a time are the
     *     same
     * @param task which task
     */
    void run(int worker, int task);
  }

  static void run(int tasks, AttentionOptions options, IntConsumer body) {
    run(tasks, options, (worker, task) -> body.accept(task));
  }

  static void run(int tasks, AttentionOptions options, Body body) {
    int threads = Math.min(options.threads(), tasks);
    if (threads <= 1) {
      for (int task = 0; task < tasks; task++) {
        body.run(0, task);
      }
      return;
    }
    new ParallelTasks(tasks, body).run(options.executor(), threads);
  }

  private void run(Executor executor, int threads) {
    try {
      for (int thread = 1; thread < threads; thread++) {
        executor.execute(this::work);
      }
    } catch (RejectedExecutionException e) {
      // The caller's own thread is always there, and the result is the same.
    }
    work();
    awaitUninterruptibly();
    Throwable thrown = failure.get();
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown != null) {
      throw (RuntimeException) thrown;
    }
  }

  private void work() {
    int worker = workers.getAndIncrement();
    for (int task = next.getAndIncrement(); task < tasks; task = next.getAndIncrement()) {
      try {
        if (failure.get() == null) {
          body.run(worker, task);
        }
      } catch (RuntimeException | Error e) {
        failure.compareAndSet(null, e);
      } finally {
        open.countDown();
      }
    }
  }

  /** Other threads are writing into the caller's arrays: an interrupt must not end the wait. */
  private void awaitUninterruptibly() {
    boolean interrupted = false;
    while (true) {
      try {
        open.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
