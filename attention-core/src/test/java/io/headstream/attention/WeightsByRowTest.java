package io.headstream.attention;

import io.headstream.attention.weights.AttentionParameters;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attention weights row by row, of the queries and keys of a head group. */
class WeightsByRowTest {
  private static final int HEADS = 4;
  private static final int KEY_VALUE_HEADS = 2;
  private static final int DIM = 5;
  private static final int LENGTH = 300; // three tiles of keys
  private static final long SEED = 8;

  @ParameterizedTest
  @CsvSource({"false, 1, 0", "true, 1, 0", "true, 2, 0", "true, 2, 7"})
  void theyAreThoseOfTheWholeMatrixBitForBit(boolean causal, int groups, int sinks) {
    AttentionMask mask = causal ? AttentionMask.window(140, 0, sinks) : AttentionMask.none();
    AttentionOptions options = AttentionOptions.defaults().withMask(mask);
    int modelDim = HEADS * DIM;
    MultiHeadAttention layer =
        new MultiHeadAttention(
            AttentionParameters.xavierUniform(modelDim, HEADS, KEY_VALUE_HEADS, SEED));
    float[] x = Reference.uniform(new SplittableRandom(SEED), LENGTH * modelDim, 3);
    ScaledDotProductAttention oneHead = new ScaledDotProductAttention(1, 1, DIM, 1);
    for (int g = 0; g < groups; g++) {
      HeadGroup group = layer.headGroup(g, groups);
      float[] whole = new float[group.heads() * LENGTH * LENGTH];
      group.attend(
          LENGTH,
          x,
          0,
          new float[LENGTH * group.columns()],
          0,
          options.withResults(new AttentionResults().weights(whole, 0)));
      float[] queries = new float[group.heads() * LENGTH * DIM];
      float[] keys = new float[group.keyValueHeads() * LENGTH * DIM];
      group.projectQueriesAndKeys(LENGTH, x, 0, queries, keys, new Workspace());
      for (int h = 0; h < group.heads(); h++) {
        int keyHead = h / (HEADS / KEY_VALUE_HEADS) * LENGTH * DIM;
        for (int first = 0; first < LENGTH; first += 7) {
          int rows = Math.min(7, LENGTH - first);
          float[] weights = new float[rows * LENGTH];
          oneHead.attend(
              1,
              rows,
              LENGTH,
              queries,
              (h * LENGTH + first) * DIM,
              keys,
              keyHead,
              new float[LENGTH],
              0,
              new float[rows],
              0,
              AttentionOptions.defaults()
                  .withMask(mask.queriesFrom(first))
                  .withResults(new AttentionResults().weights(weights, 0)));
          int from = (h * LENGTH + first) * LENGTH;
          Bits.assertSame(
              weights,
              Arrays.copyOfRange(whole, from, from + rows * LENGTH),
              "group %d, head %d, from row %d",
              g,
              h,
              first);
        }
      }
    }
  }
}
