package io.headstream.attention.internal.vector;

import static io.headstream.attention.internal.vector.VectorProducts.LANES;
import static io.headstream.attention.internal.vector.VectorProducts.SPECIES;

import io.headstream.attention.internal.kernel.TileKernel;
import jdk.incubator.vector.FloatVector;

/** Adds the weights of each lane in eight of the sixteen chains, key mod 16. */
final class VectorChains implements SoftmaxPass {
  private static final int STEP = TileKernel.CHAINS * LANES;

  private final int first;

  /**
   * Eight of the chains.
   *
   * @param first 0 or 8
   */
  VectorChains(int first) {
    this.first = first * LANES;
  }

  @Override
  public void over(SoftmaxState of, float[] s, int from, int end) {
    add(s, from + first, end, of.chains, first);
  }

  private static void add(float[] s, int from, int end, float[] chains, int to) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector a = zero, b = zero, c = zero, d = zero;
    FloatVector e = zero, f = zero, g = zero, h = zero;
    for (int i = from; i < end; i += STEP) {
      a = FloatVector.fromArray(SPECIES, s, i).add(a);
      b = FloatVector.fromArray(SPECIES, s, i + LANES).add(b);
      c = FloatVector.fromArray(SPECIES, s, i + 2 * LANES).add(c);
      d = FloatVector.fromArray(SPECIES, s, i + 3 * LANES).add(d);
      e = FloatVector.fromArray(SPECIES, s, i + 4 * LANES).add(e);
      f = FloatVector.fromArray(SPECIES, s, i + 5 * LANES).add(f);
      g = FloatVector.fromArray(SPECIES, s, i + 6 * LANES).add(g);
      h = FloatVector.fromArray(SPECIES, s, i + 7 * LANES).add(h);
    }
    a.intoArray(chains, to);
    b.intoArray(chains, to + LANES);
    c.intoArray(chains, to + 2 * LANES);
    d.intoArray(chains, to + 3 * LANES);
    e.intoArray(chains, to + 4 * LANES);
    f.intoArray(chains, to + 5 * LANES);
    g.intoArray(chains, to + 6 * LANES);
    h.intoArray(chains, to + 7 * LANES);
  }
}
