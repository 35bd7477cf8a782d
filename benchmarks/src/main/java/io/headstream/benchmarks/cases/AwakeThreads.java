package io.headstream.benchmarks.cases;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;

/**
 * An executor whose threads wait awake for the next work for a moment before they sleep, as those
 * of libtorch and ONNX Runtime do: a caller's choice, for calls shorter than waking a thread takes.
 * attention-core has no such threads of its own.
 */
final class AwakeThreads implements Executor, AutoCloseable {
  private static final long AWAKE_NANOS = 300_000;

  private final Queue<Runnable> work = new ConcurrentLinkedQueue<>();
  private final Worker[] workers;
  private volatile boolean closed;

  AwakeThreads(int threads) {
    workers = new Worker[threads];
    for (int n = 0; n < threads; n++) {
      workers[n] = new Worker();
      workers[n].setDaemon(true);
      workers[n].start();
    }
  }

  @Override
  public void execute(Runnable task) {
    work.add(task);
    for (Worker worker : workers) {
      if (worker.asleep) {
        LockSupport.unpark(worker);
        return;
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    for (Worker worker : workers) {
      LockSupport.unpark(worker);
    }
  }

  private final class Worker extends Thread {
    private volatile boolean asleep;

    private Worker() {
      super("benchmark-worker");
    }

    @Override
    public void run() {
      long idleSince = System.nanoTime();
      while (!closed) {
        Runnable task = work.poll();
        if (task != null) {
          task.run();
          idleSince = System.nanoTime();
        } else if (System.nanoTime() - idleSince < AWAKE_NANOS) {
          Thread.onSpinWait();
        } else {
          sleep();
          idleSince = System.nanoTime();
        }
      }
    }

    /** Whoever adds work after {@code asleep} was set wakes this thread. */
    private void sleep() {
      asleep = true;
      if (work.isEmpty() && !closed) {
        LockSupport.park(this);
      }
      asleep = false;
    }
  }
}
