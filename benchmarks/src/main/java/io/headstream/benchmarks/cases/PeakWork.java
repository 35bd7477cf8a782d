package io.headstream.benchmarks.cases;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The most multiply-adds that one core can do: twelve sums in registers, enough to hide the four
 * cycles that each one takes, and no memory. What products are measured against.
 */
final class PeakWork implements Work {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int SUMS = 12;

  private final int steps;
  private volatile float sink; // so that the JIT compiler cannot leave the work out

  PeakWork(Case of) {
    long all = (long) of.batch() * of.length() * of.modelDim();
    this.steps = (int) (all / SUMS / SPECIES.length());
  }

  @Override
  public void run() {
    sink = multiplyAdd(steps);
  }

  private static float multiplyAdd(int steps) {
    FloatVector factor = FloatVector.broadcast(SPECIES, 0.999f);
    FloatVector term = FloatVector.broadcast(SPECIES, 0.001f);
    FloatVector a = term, b = term, c = term, d = term, e = term, f = term;
    FloatVector g = term, h = term, i = term, j = term, k = term, l = term;
    for (int step = 0; step < steps; step++) {
      a = factor.fma(term, a);
      b = factor.fma(term, b);
      c = factor.fma(term, c);
      d = factor.fma(term, d);
      e = factor.fma(term, e);
      f = factor.fma(term, f);
      g = factor.fma(term, g);
      h = factor.fma(term, h);
      i = factor.fma(term, i);
      j = factor.fma(term, j);
      k = factor.fma(term, k);
      l = factor.fma(term, l);
    }
    FloatVector sum = a.add(b).add(c).add(d).add(e).add(f);
    return sum.add(g).add(h).add(i).add(j).add(k).add(l).lane(0);
  }

  @Override
  public float[] output() {
    return null;
  }
}
