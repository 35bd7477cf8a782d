package io.headstream.benchmarks.cases;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The same call with and without the module of the Vector API: a projection, attention, a whole
 * layer and one query against a cache, on one thread.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AttentionBenchmark {

  /** What is computed: {@link Case}. */
  @Param({
    "gemm:1x512x768x1",
    "sdpa:1x16x64x4",
    "sdpa:1x512x768x12",
    "sdpa:1x512x768x12c",
    "mha:1x16x64x4",
    "mha:1x512x768x12",
    "decode:1x1024x768x12"
  })
  public String of;

  private Work work;

  /** Makes the inputs. */
  @Setup
  public void setUp() {
    Case parsed = Case.parse(of);
    work = HeadstreamWork.prepare(parsed, new Inputs(parsed, 1), 1, Runnable::run);
  }

  /** By the Vector API. */
  @Benchmark
  @Fork(value = 2, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
  public float[] withModule() {
    work.run();
    return work.output();
  }

  /** In plain Java. */
  @Benchmark
  @Fork(2)
  public float[] withoutModule() {
    work.run();
    return work.output();
  }
}
