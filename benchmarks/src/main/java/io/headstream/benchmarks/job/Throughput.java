package io.headstream.benchmarks.job;

import java.util.Locale;

/**
 * What went through in a second, how long it took, and the work of all threads for one sequence.
 *
 * @param sequences a second
 * @param tokens a second
 * @param p50Millis median latency
 * @param p99Millis the latency that one in a hundred exceeds
 * @param bytes a second that tasks write for other tasks
 * @param cpuMillis CPU time of all threads, for a sequence
 * @param heapBytes what the job adds to the live heap, where that was measured
 */
record Throughput(
    double sequences,
    double tokens,
    double p50Millis,
    double p99Millis,
    double bytes,
    double cpuMillis,
    double heapBytes) {

  static final String COLUMNS = "sequences_s,tokens_s,p50_ms,p99_ms,bytes_s,cpu_ms,heap_mb";

  /** Measures what is going on. */
  static Throughput of(Cluster cluster, double seconds) throws Exception {
    Meter.beginWindow();
    long start = System.nanoTime();
    long sequences = Meter.sequences();
    long tokens = Meter.tokens();
    long bytes = Meter.bytes();
    long cpuNanos = cluster.cpuNanos();
    Thread.sleep((long) (seconds * 1000));
    double elapsed = (System.nanoTime() - start) / 1e9;
    double cpuMillis = (cluster.cpuNanos() - cpuNanos) / 1e6;
    long done = Meter.sequences() - sequences;
    return new Throughput(
        done / elapsed,
        (Meter.tokens() - tokens) / elapsed,
        Meter.latencyMillis(0.5),
        Meter.latencyMillis(0.99),
        (Meter.bytes() - bytes) / elapsed,
        cpuMillis / done,
        0);
  }

  Throughput withHeap(long bytes) {
    return new Throughput(sequences, tokens, p50Millis, p99Millis, this.bytes, cpuMillis, bytes);
  }

  String fields() {
    return String.format(
        Locale.ROOT,
        "%.1f,%.0f,%.3f,%.3f,%.0f,%.4f,%.1f",
        sequences,
        tokens,
        p50Millis,
        p99Millis,
        bytes,
        cpuMillis,
        heapBytes / 1e6);
  }
}
