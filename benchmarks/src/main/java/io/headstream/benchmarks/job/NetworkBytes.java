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
import org.apache.flink.metrics.reporter.Scheduled;

/**
 * Tells the {@link Meter} what the tasks of a process write for other tasks, into the network or
 * into the channels that stand for it where both are in one process.
 */
public final class NetworkBytes implements MetricReporter, Scheduled {
  // Not by name: a task of one operator is called like it, and both have this metric.
  private final Set<Counter> counters = ConcurrentHashMap.newKeySet();
  private long reported; // of the counters that there are

  private NetworkBytes() {}

  @Override
  public void open(MetricConfig config) {}

  @Override
  public void close() {}

  @Override
  public synchronized void report() {
    long sum = counters.stream().mapToLong(Counter::getCount).sum();
    Meter.written(sum - reported);
    reported = sum;
  }

  @Override
  public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
    if (name.equals("numBytesOut") && metric instanceof Counter counter) {
      counters.add(counter);
    }
  }

  @Override
  public synchronized void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
    if (metric instanceof Counter counter && counters.contains(counter)) {
      report();
      counters.remove(counter);
      reported -= counter.getCount();
    }
  }

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
