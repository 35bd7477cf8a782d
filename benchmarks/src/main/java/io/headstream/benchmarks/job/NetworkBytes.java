package io.headstream.benchmarks.job;

import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/** Adds up what tasks write into the network, or into the channels that stand for it in one JVM. */
public final class NetworkBytes implements MetricReporter {
  // Not by name: a task of one operator is called like it, and both have this metric.
  private static final Set<Counter> COUNTERS = ConcurrentHashMap.newKeySet();

  private NetworkBytes() {}

  /** Bytes of the tasks since their start. */
  static long sum() {
    return COUNTERS.stream().mapToLong(Counter::getCount).sum();
  }

  static void begin() {
    COUNTERS.clear();
  }

  @Override
  public void open(MetricConfig config) {}

  @Override
  public void close() {}

  @Override
  public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
    if (name.equals("numBytesOut") && metric instanceof Counter counter) {
      COUNTERS.add(counter);
    }
  }

  @Override
  public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {}

  /** For Flink, which finds it by its name in the configuration. */
  public static final class Factory implements MetricReporterFactory {
    /** For Flink. */
    public Factory() {}

    @Override
    public MetricReporter createMetricReporter(Properties properties) {
      return new NetworkBytes();
    }
  }
}
