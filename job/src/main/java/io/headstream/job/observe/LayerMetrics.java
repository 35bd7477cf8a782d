package io.headstream.job.observe;

import io.headstream.attention.MultiHeadAttention;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * What one operator's attention costs, in the metric group {@code attention}: {@code
 * attentionTimeMicros} of each call, {@code headGroup.G.tokensAttended}, whose rates show whether
 * the slots share the work, and {@code kernelName.K.kernelInUse}, which is 1.
 */
public final class LayerMetrics {
  /** The group of all metrics. */
  public static final String GROUP = "attention";

  /** A percentile is one of this many newest values. */
  private static final int HISTOGRAM_VALUES = 1024;

  private final MetricGroup group;
  private final Histogram attentionTimeMicros;
  private final Map<Integer, Counter> tokensByGroup = new HashMap<>();

  // Most operators see one head group, and short sequences come by the hundred thousand a second.
  private int newestGroup = -1;
  private Counter newestTokens;

  /**
   * Registers the metrics; once in an operator's {@code open}.
   *
   * @param headGroups how many parallel parts the heads are fanned out into
   */
  public LayerMetrics(RuntimeContext context, int headGroups) {
    group = context.getMetricGroup().addGroup(GROUP);
    group.gauge("headGroups", () -> headGroups);
    group.gauge("kernel", MultiHeadAttention::kernel);
    attentionTimeMicros = histogram(group, "attentionTimeMicros");
    // By name beside a number, because not every reporter takes text.
    group.addGroup("kernelName", MultiHeadAttention.kernel()).gauge("kernelInUse", () -> 1);
  }

  /**
   * Notes that tokens were attended to.
   *
   * @param headGroup by which head group
   * @param tokens how many
   * @param startNanos {@link System#nanoTime()} before it
   */
  public void attended(int headGroup, int tokens, long startNanos) {
    attentionTimeMicros.update(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - startNanos));
    if (headGroup != newestGroup) {
      newestTokens = tokensByGroup.computeIfAbsent(headGroup, this::tokensAttended);
      newestGroup = headGroup;
    }
    newestTokens.inc(tokens);
  }

  private Counter tokensAttended(int headGroup) {
    return group.addGroup("headGroup", String.valueOf(headGroup)).counter("tokensAttended");
  }

  /** A histogram of the newest values. */
  public static Histogram histogram(MetricGroup group, String name) {
    return group.histogram(name, new DescriptiveStatisticsHistogram(HISTOGRAM_VALUES));
  }
}
