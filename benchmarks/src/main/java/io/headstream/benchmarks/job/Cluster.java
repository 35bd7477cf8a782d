package io.headstream.benchmarks.job;

import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Where a job is measured: Flink in this JVM, or in processes of its own. */
interface Cluster extends AutoCloseable {

  /** What a pipeline is built in and started from. */
  StreamExecutionEnvironment environment(int parallelism);

  /** CPU time of all threads that the job could run on, since they began. */
  long cpuNanos() throws Exception;

  /** Bytes of the heap in use after full collections, in all processes that run tasks. */
  long liveHeapBytes() throws Exception;

  @Override
  void close() throws Exception;
}
