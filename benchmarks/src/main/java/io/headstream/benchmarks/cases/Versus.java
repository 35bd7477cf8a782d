package io.headstream.benchmarks.cases;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code benchmarks/versus}: ours and the peers in turn, each in a JVM of its own since their
 * native libraries do not bear each other, and the ratios of the minima.
 */
@Command(
    name = "benchmarks/versus",
    sortOptions = false,
    showDefaultValues = true,
    description = "Measures attention-core and its peers in turn and prints the ratios.")
public final class Versus implements Callable<Integer> {
  /** Those that bear each other in one JVM: libtorch, then ONNX Runtime. */
  private static final List<String> ENGINES =
      List.of("torch-djl,torch-djl-composed", "ort-op23,ort-mha,ort-attn");

  @Parameters(index = "0", paramLabel = "THREADS", description = "How many work on one call.")
  private int threads;

  @Parameters(
      index = "1",
      paramLabel = "PEERS_DIR",
      arity = "0..1",
      description = "A built copy of the peers; without it ours alone are measured.")
  private Path peers;

  @Option(
      names = "--rounds",
      description = "How often everyone has a turn; 0 prints a log's table.")
  private int rounds = 3;

  @Option(names = "--seconds", description = "Measuring time of a case and round.")
  private double seconds = 0.5;

  @Option(names = "--warm-up", description = "Seconds before, for ours; the peers have their own.")
  private double warmUp = 2;

  @Option(names = "--cases", split = ",", description = "The cases, as in benchmarks/run.")
  private List<String> words = List.of();

  @Option(
      names = "--table",
      description = "issue: all cases that have a goal; odd: widths and lengths no vector divides.")
  private String table;

  @Option(
      names = "--log",
      description = "A file that all measured lines go to; those that it has already count too.")
  private Path log;

  @Option(names = "--help", usageHelp = true, description = "Print this.")
  private boolean help;

  private final Minima minima = new Minima();

  private Versus() {}

  /** Runs the command. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Versus()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (log != null && Files.exists(log)) {
      Files.readAllLines(log).forEach(this::take);
    }
    if (rounds > 0 && words.isEmpty() == (table == null)) {
      throw new IllegalArgumentException("give --cases or --table, one of them");
    }
    String cases = cases().stream().map(Case::word).collect(Collectors.joining(","));
    for (int round = 0; round < rounds; round++) {
      run(
          "benchmarks/run",
          "%s,%s".formatted(Goals.PEAK.word(), cases),
          "--warm-up",
          Double.toString(warmUp));
      if (peers != null) {
        for (String engine : ENGINES) {
          run(peers.resolve("run.sh").toString(), cases, "--peers", engine);
        }
      }
    }
    VersusTable printed = new VersusTable(minima, System.out);
    printed.machine();
    if ("odd".equals(table)) {
      printed.odd(threads);
    } else {
      printed.ratios();
    }
    return 0;
  }

  private List<Case> cases() {
    if (table == null) {
      return words.stream().map(Case::parse).toList();
    }
    return switch (table) {
      case "issue" -> Goals.cases();
      case "odd" -> Goals.oddWithNeighbours().stream().flatMap(List::stream).distinct().toList();
      default -> throw new IllegalArgumentException("table is %s".formatted(table));
    };
  }

  private void run(String script, String cases, String... more)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(script, Integer.toString(threads)));
    command.addAll(List.of("--cases", cases, "--seconds", Double.toString(seconds)));
    command.addAll(List.of(more));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    List<String> lines;
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      lines = out.lines().toList();
    }
    if (process.waitFor() != 0) {
      throw new IOException("%s ended with %d".formatted(command, process.exitValue()));
    }
    lines.forEach(this::take);
    if (log != null) {
      Stream<String> measured = lines.stream().filter(line -> Measured.parse(line).isPresent());
      Files.write(log, measured.toList(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
  }

  private void take(String line) {
    Measured.parse(line).ifPresent(minima::add);
  }
}
