package io.headstream.job.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headstream.job.records.AttentionMap;
import io.headstream.job.records.AttentionRow;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;

class AttentionHealthTest {
  private static final int LENGTH = 10;

  private final Map<String, Gauge<?>> gauges = new HashMap<>();
  private Counter maps;
  private final AttentionHealth health = new AttentionHealth(new Recording("attention"));

  /** Queries of zeros look at everything alike. */
  @Test
  void aHeadThatLooksEverywhereAlike() {
    health.add(map(2, Integer.MAX_VALUE, Integer.MAX_VALUE, 0));
    assertThat(value("attention.head.2.entropyNats")).isCloseTo(Math.log(10), within(1e-6));
    assertThat(value("attention.head.2.massOnFirstTokens")).isCloseTo(0.4, within(1e-6));
    // The mean of |i - j| over all pairs of ten positions.
    assertThat(value("attention.head.2.meanDistance")).isCloseTo(3.3, within(1e-6));
    assertThat(value("attention.head.2.largestWeight")).isCloseTo(0.1, within(1e-6));
    assertThat(maps.getCount()).isEqualTo(1);
  }

  /** A window of 0 leaves each token itself. */
  @Test
  void aHeadThatLooksAtItselfAlone() {
    health.add(map(0, 0, 0, 0));
    assertThat(value("attention.head.0.entropyNats")).isZero();
    assertThat(value("attention.head.0.massOnFirstTokens")).isCloseTo(0.4, within(1e-6));
    assertThat(value("attention.head.0.meanDistance")).isZero();
    assertThat(value("attention.head.0.largestWeight")).isEqualTo(1);
  }

  @Test
  void severalSequencesGiveTheirMeanAndOneThatIsNotFiniteSaysNothing() {
    health.add(map(0, 0, 0, 0));
    health.add(map(0, Integer.MAX_VALUE, Integer.MAX_VALUE, 0));
    health.add(map(0, Integer.MAX_VALUE, Integer.MAX_VALUE, Float.POSITIVE_INFINITY));
    assertThat(value("attention.head.0.largestWeight")).isCloseTo(0.55, within(1e-6));
    assertThat(value("attention.head.0.entropyNats")).isCloseTo(Math.log(10) / 2, within(1e-6));
    assertThat(maps.getCount()).isEqualTo(3);
  }

  /** 32 queries of 320, eight in the middle of each quarter. */
  @Test
  void ofALongSequenceSomeQueriesSpeakForAll() {
    int length = 320;
    float[] zeros = new float[length];
    health.add(
        new AttentionMap(
            "a", 0, List.of(), length, Integer.MAX_VALUE, 0, 0, zeros, new float[length]));
    double entropy = 0;
    for (int middle = 40; middle < length; middle += 80) {
      for (int query = middle - 4; query < middle + 4; query++) {
        entropy += Math.log(query + 1) / 32;
      }
    }
    assertThat(value("attention.head.0.entropyNats")).isCloseTo(entropy, within(1e-5));
  }

  /** Positions count, not places: two sinks, and a window that ends with the token itself. */
  @Test
  void tokensOneByOne() {
    float[] weights = {0.25f, 0.25f, 0.25f, 0.25f};
    health.add(new AttentionRow("a", 1, 101, 2, 100, weights));
    health.add(new AttentionRow("a", 1, 102, 2, 101, new float[] {0, 0, 0, 1}));
    health.add(new AttentionRow("a", 1, 103, 2, 102, new float[] {0, 0, Float.NaN, 1}));
    assertThat(value("attention.head.1.entropyNats")).isCloseTo(Math.log(4) / 2, within(1e-6));
    assertThat(value("attention.head.1.massOnFirstTokens")).isCloseTo(0.25, within(1e-6));
    // (101 + 100 + 1 + 0) / 4 of the first, 0 of the second.
    assertThat(value("attention.head.1.meanDistance")).isCloseTo(25.25, within(1e-6));
    assertThat(value("attention.head.1.largestWeight")).isCloseTo(0.625, within(1e-6));
    assertThat(maps.getCount()).isEqualTo(3);
  }

  private static AttentionMap map(int head, int keysBefore, int keysAfter, float query) {
    float[] queries = new float[LENGTH * 2];
    java.util.Arrays.fill(queries, query);
    return new AttentionMap(
        "a", head, List.of(), LENGTH, keysBefore, keysAfter, 0, queries, new float[LENGTH * 2]);
  }

  private double value(String name) {
    assertThat(gauges).containsKey(name);
    return (double) gauges.get(name).getValue();
  }

  /** Keeps what is registered below it. */
  private final class Recording extends UnregisteredMetricsGroup {
    private final String scope;

    Recording(String scope) {
      this.scope = scope;
    }

    @Override
    public MetricGroup addGroup(String key, String value) {
      return new Recording(scope + "." + key + "." + value);
    }

    @Override
    public <T, G extends Gauge<T>> G gauge(String name, G gauge) {
      assertThat(gauges.put(scope + "." + name, gauge)).as(name).isNull();
      return gauge;
    }

    @Override
    public Counter counter(String name) {
      maps = super.counter(name);
      return maps;
    }
  }
}
