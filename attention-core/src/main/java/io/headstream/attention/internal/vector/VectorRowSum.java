package io.headstream.attention.internal.vector;

import static io.headstream.attention.internal.vector.VectorProducts.LANES;
import static io.headstream.attention.internal.vector.VectorProducts.SPECIES;

import io.headstream.attention.internal.kernel.TileKernel;
import jdk.incubator.vector.FloatVector;

/** The sum of one query's weights: sixteen chains, key mod 16, joined as a fixed tree. */
final class VectorRowSum implements SoftmaxPass {
  private static final int CHAINS = TileKernel.CHAINS;

  @Override
  public void over(SoftmaxState of, float[] s, int from, int end) {
    for (int first = 0; first < CHAINS; first += LANES) {
      add(s, from + first, end, of.chains, first);
    }
    of.sum[0] = joined(of.chains);
  }

  private static void add(float[] s, int from, int end, float[] chains, int to) {
    FloatVector added = FloatVector.zero(SPECIES);
    for (int i = from; i < end; i += CHAINS) {
      added = FloatVector.fromArray(SPECIES, s, i).add(added);
    }
    added.intoArray(chains, to);
  }

  private static float joined(float[] chains) {
    float a0 = chains[0] + chains[8];
    float a1 = chains[1] + chains[9];
    float a2 = chains[2] + chains[10];
    float a3 = chains[3] + chains[11];
    float a4 = chains[4] + chains[12];
    float a5 = chains[5] + chains[13];
    float a6 = chains[6] + chains[14];
    float a7 = chains[7] + chains[15];
    return a0 + a4 + (a2 + a6) + (a1 + a5 + (a3 + a7));
  }
}
