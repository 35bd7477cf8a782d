package io.headstream.benchmarks.cases;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The most multiply-adds that the cores can do: twelve sums in registers, enough to hide the four
 * cycles that each one takes, and no memory. What products are measured against.
 */
final class PeakWork implements Work {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int SUMS = 12;

  private final int steps;
  private final int threads;
  private final Executor executor;
  private volatile float sink; // so that the JIT compiler cannot leave the work out

  PeakWork(Case of, int threads, Executor executor) {
    long each = (long) of.batch() * of.length() * of.modelDim();
    this.steps = (int) (each / SUMS / SPECIES.length());
    this.threads = threads;
    this.executor = executor;
  }

  /** On every thread the whole case: what a peak is with more of them. */
  @Override
  public void run() {
    CountDownLatch others = new CountDownLatch(threads - 1);
    for (int thread = 1; thread < threads; thread++) {
      executor.execute(
          () -> {
            sink = multiplyAdd(steps);
            others.countDown();
          });
    }
    sink = multiplyAdd(steps);
    try {
      others.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static float multiplyAdd(int steps) {
    FloatVector factor = FloatVector.broadcast(SPECIES, 0.999f);
    FloatVector term = FloatVector.broadcast(SPECIES, 0.001f);
    FloatVector a = term, b = term, c = term, d = term, e = term, f = term;
    FloatVector g = term, h = term, i = term, j = term, k = term, l = term;
    for (int step = 0; step < steps; step++) {
      a = a.fma(factor, term);
      b = b.fma(factor, term);
      c = c.fma(factor, term);
      d = d.fma(factor, term);
      e = e.fma(factor, term);
      f = f.fma(factor, term);
      g = g.fma(factor, term);
      h = h.fma(factor, term);
      i = i.fma(factor, term);
      j = j.fma(factor, term);
      k = k.fma(factor, term);
      l = l.fma(factor, term);
    }
    FloatVector sum = a.add(b).add(c).add(d).add(e).add(f);
    return sum.add(g).add(h).add(i).add(j).add(k).add(l).lane(0);
  }

  @Override
  public float[] output() {
    return null;
  }
}
