package io.headstream.benchmarks.cases;

import io.headstream.attention.MultiHeadAttention;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code benchmarks/run}: measures attention-core and prints the lines that the peers print. */
@Command(
    name = "benchmarks/run",
    sortOptions = false,
    showDefaultValues = true,
    description = {
      "Measures attention-core and prints, a case a line:",
      "peer,version,op,batch,n,d_model,heads,causal,threads,median_ms,min_ms"
    })
public final class RunCases implements Callable<Integer> {

  @Parameters(paramLabel = "THREADS", description = "How many threads work on one call.")
  private int threads;

  @Option(
      names = "--cases",
      required = true,
      split = ",",
      description = "sdpa, mha, decode, gemm or peak :BATCHxLENGTHxDIMxHEADS[c], c for causal.")
  private List<String> words;

  @Option(names = "--seconds", description = "Measuring time of a case.")
  private double seconds = 1;

  @Option(names = "--warm-up", description = "Seconds before, in which the JIT compiler works.")
  private double warmUp = 2;

  @Option(
      names = "--executor",
      description =
          "awake: the other threads wait awake for 0.3 ms before they sleep, as the peers' do;"
              + " pool: those of an ordinary pool, which sleep at once.")
  private Waiting executor = Waiting.AWAKE;

  @Option(names = "--seed", description = "Of the inputs.")
  private long seed = 1;

  @Option(
      names = "--check",
      description = "Print the greatest error against double precision instead of times.")
  private boolean check;

  @Option(names = "--help", usageHelp = true, description = "Print this.")
  private boolean help;

  private enum Waiting {
    AWAKE,
    POOL
  }

  private RunCases() {}

  /** Runs the command. */
  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new RunCases())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(arguments));
  }

  @Override
  public Integer call() {
    ExecutorService pool = Executors.newFixedThreadPool(Math.max(1, threads - 1));
    AwakeThreads awake = new AwakeThreads(Math.max(1, threads - 1));
    Executor executor = this.executor == Waiting.AWAKE ? awake : pool;
    List<Case> cases = words.stream().map(Case::parse).toList();
    List<Timing> timings = new ArrayList<>();
    for (Case one : cases) {
      Inputs inputs = new Inputs(one, seed);
      Work work = HeadstreamWork.prepare(one, inputs, threads, executor);
      if (check) {
        System.out.printf(
            "headstream,%s,%s,max_abs_error=%s%n",
            MultiHeadAttention.kernel(), one.id(), greatestError(one, inputs, work));
      } else {
        timings.add(new Timing(work));
      }
    }
    if (!check) {
      measure(timings);
      for (int i = 0; i < timings.size(); i++) {
        System.out.println(line(cases.get(i), timings.get(i)));
      }
    }
    pool.shutdown();
    awake.close();
    return 0;
  }

  private void measure(List<Timing> timings) {
    timings.forEach(timing -> timing.warmUp(warmUp, seconds));
    int rounds = timings.stream().mapToInt(Timing::samples).max().orElse(0);
    for (int round = 0; round < rounds; round++) {
      for (Timing timing : timings) {
        timing.round(round, rounds);
      }
    }
  }

  private String line(Case of, Timing timing) {
    return String.format(
        Locale.ROOT,
        "headstream,%s,%s,%d,%d,%d,%d,%b,%d,%.5f,%.5f",
        MultiHeadAttention.kernel(),
        of.op(),
        of.batch(),
        of.length(),
        of.modelDim(),
        of.heads(),
        of.causal(),
        threads,
        timing.medianMillis(),
        timing.minMillis());
  }

  private static double greatestError(Case of, Inputs inputs, Work work) {
    work.run();
    float[] actual = work.output();
    double[] expected = DoublePrecision.compute(of, inputs);
    double error = actual.length == expected.length ? 0 : Double.NaN;
    for (int i = 0; i < expected.length; i++) {
      error = Math.max(error, Math.abs(actual[i] - expected[i]));
    }
    return error;
  }
}
