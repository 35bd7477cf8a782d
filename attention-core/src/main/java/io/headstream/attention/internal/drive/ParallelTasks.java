package io.headstream.attention.internal.drive;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Runs independent tasks 0 to n-1 on the caller's thread and, while there are any left, on threads
 * of an executor.
 *
 * <p>The caller waits only for tasks that somebody has begun, never for a thread, so that a busy
 * executor, even the one whose thread the caller is, costs speed and nothing else. Threads take
 * many tasks at a time at first and single ones in the end; for the last ones the caller waits
 * awake for a moment before it sleeps.
 */
final class ParallelTasks implements Runnable {
  /** How long the caller waits awake: about what falling asleep and waking again would take. */
  private static final long AWAKE_NANOS = 50_000;

  private final int tasks;
  private final int threads;
  private final Body body;
  private final Buffers buffers;
  private final AtomicInteger workers = new AtomicInteger(1); // 0 is the caller
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger open;
  private final CountDownLatch done = new CountDownLatch(1);
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  private ParallelTasks(int tasks, int threads, Buffers buffers, Body body) {
    this.tasks = tasks;
    this.threads = threads;
    this.buffers = buffers;
    this.body = body;
    this.open = new AtomicInteger(tasks);
  }

  /**
   * What a task does. Whoever has tasks keeps an object for it among its buffers, with the
   * arguments of the call at hand, so that no call makes one.
   */
  interface Body {
    /**
     * Does it.
     *
     * @param own the buffers of the thread it is on: the caller's, or some that no other thread has
     * @param task which task
     */
    void run(Buffers own, int task);
  }

  /**
   * Into how many parts tasks are to be divided, so that there are enough of them for all threads.
   *
   * @param blocks what a task has, of which each part is to get one at least
   */
  static int parts(int tasks, int threads, int blocks) {
    int wanted = threads == 1 ? 1 : (2 * threads + tasks - 1) / Math.max(1, tasks);
    return Math.max(1, Math.min(wanted, blocks));
  }

  /**
   * Runs tasks.
   *
   * @param threads how many work on them at most; with 1 the caller does all of them, in order, and
   *     nothing is allocated
   * @param executor what other threads run on
   * @param buffers the caller's
   */
  static void run(int tasks, int threads, Executor executor, Buffers buffers, Body body) {
    int most = Math.min(threads, tasks);
    if (most <= 1) {
      for (int task = 0; task < tasks; task++) {
        body.run(buffers, task);
      }
      return;
    }
    buffers.reserve(most);
    new ParallelTasks(tasks, most, buffers, body).run(executor);
  }

  private void run(Executor executor) {
    try {
      for (int thread = 1; thread < threads; thread++) {
        executor.execute(this);
      }
    } catch (RejectedExecutionException e) {
      // The caller's own thread is always there, and the result is the same.
    }
    work(0);
    await();
    Throwable thrown = failure.get();
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown != null) {
      throw (RuntimeException) thrown;
    }
  }

  /** What another thread does. One that comes when all tasks are taken touches nothing. */
  @Override
  public void run() {
    if (next.get() < tasks) {
      work(workers.getAndIncrement());
    }
  }

  private void work(int worker) {
    for (int first = next.get(); first < tasks; first = next.get()) {
      int end = first + share(tasks - first);
      if (next.compareAndSet(first, end)) {
        run(worker, first, end);
        if (open.addAndGet(first - end) == 0) {
          done.countDown();
        }
      }
    }
  }

  /** Many tasks at a time while there are many left, single ones so that all end together. */
  private int share(int left) {
    return Math.max(1, left / (2 * threads));
  }

  private void run(int worker, int first, int end) {
    try {
      Buffers own = buffers.ofWorker(worker);
      for (int task = first; task < end && failure.get() == null; task++) {
        body.run(own, task);
      }
    } catch (RuntimeException | Error e) {
      failure.compareAndSet(null, e);
    }
  }

  private void await() {
    if (open.get() == 0) {
      return;
    }
    long start = System.nanoTime();
    while (System.nanoTime() - start < AWAKE_NANOS) {
      if (open.get() == 0) {
        return;
      }
      Thread.onSpinWait();
    }
    awaitUninterruptibly();
  }

  /** Other threads are writing into the caller's arrays: an interrupt must not end the wait. */
  private void awaitUninterruptibly() {
    boolean interrupted = false;
    while (true) {
      try {
        done.await();
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
