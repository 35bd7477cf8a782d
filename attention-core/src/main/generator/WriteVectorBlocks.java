import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Writes {@code VectorBlocks.java}: the innermost loops of all matrix products, one method for each
 * block of sums that stays in registers.
 *
 * <p>C2 keeps a sum in a register only if it is a local variable, so each block needs its own
 * source, which differs from the others in nothing but the numbers below. Part of the build; by
 * hand {@code java WriteVectorBlocks.java FOLDER}.
 */
public final class WriteVectorBlocks {
  /** How a method walks over its two operands. */
  private enum Walk {
    /** Rows and terms lie as far apart as the caller says. */
    ANY("", "int aRow, int aTerm", "int bTerm"),
    /** The terms of a row stand together, and the panel is just as wide as the block. */
    DENSE("Dense", "int aRow", ""),
    /** The terms of a row stand together, and the panel is {@code STEP} wide. */
    STEP("Step", "int aRow", ""),
    /**
     * Rows stand together, a vector of them for each term, and the panel is {@code STEP} wide. That
     * they do is not said: C2 would read the numbers of all rows at once, into more registers than
     * there are.
     */
    LANES("Lanes", "int aRow", ""),
    /** One row of terms that stand together with two panels, which count as rows of the block. */
    PAIR("Pair", "", "int nextAt");

    final String suffix;
    final String aSteps;
    final String bSteps;

    Walk(String suffix, String aSteps, String bSteps) {
      this.suffix = suffix;
      this.aSteps = aSteps;
      this.bSteps = bSteps;
    }
  }

  /** Terms a turn above one are for blocks whose loop would cost more than its sums. */
  private record Block(int rows, int vectors, Walk walk, int termsPerTurn) {
    String name() {
      boolean pairs = walk == Walk.ANY && termsPerTurn == 2;
      return "rows%dx%d%s".formatted(rows, vectors, pairs ? "Pairs" : walk.suffix);
    }
  }

  private static final List<Block> BLOCKS =
      List.of(
          // 32 registers.
          new Block(4, 4, Walk.ANY, 1),
          new Block(4, 4, Walk.STEP, 2),
          new Block(4, 4, Walk.LANES, 2),
          // 16 registers: twelve sums, three vectors and a broadcast number fill them.
          new Block(4, 3, Walk.ANY, 1),
          new Block(4, 3, Walk.DENSE, 1),
          new Block(4, 3, Walk.STEP, 1),
          new Block(4, 3, Walk.LANES, 1),
          new Block(6, 2, Walk.ANY, 1),
          new Block(6, 2, Walk.DENSE, 1),
          new Block(6, 2, Walk.STEP, 1),
          // What is left of rows and columns, on any processor.
          new Block(4, 2, Walk.ANY, 1),
          new Block(4, 2, Walk.ANY, 2),
          new Block(4, 2, Walk.DENSE, 2),
          new Block(4, 2, Walk.STEP, 2),
          new Block(4, 2, Walk.LANES, 2),
          new Block(8, 1, Walk.ANY, 1),
          new Block(4, 1, Walk.ANY, 1),
          new Block(3, 3, Walk.DENSE, 1),
          new Block(3, 2, Walk.DENSE, 1),
          new Block(2, 4, Walk.ANY, 1),
          new Block(2, 4, Walk.STEP, 1),
          new Block(2, 3, Walk.ANY, 1),
          new Block(2, 3, Walk.DENSE, 1),
          new Block(1, 4, Walk.ANY, 1),
          new Block(1, 4, Walk.STEP, 1),
          new Block(1, 3, Walk.ANY, 1),
          new Block(1, 3, Walk.DENSE, 1),
          new Block(1, 2, Walk.ANY, 1),
          new Block(1, 2, Walk.DENSE, 1),
          new Block(2, 3, Walk.PAIR, 1),
          new Block(2, 2, Walk.PAIR, 1),
          new Block(1, 1, Walk.ANY, 1));

  private WriteVectorBlocks() {}

  /** Writes the class below a folder of sources. */
  public static void main(String[] arguments) throws IOException {
    Path file = Path.of(arguments[0], "io/headstream/attention/internal/vector/VectorBlocks.java");
    String source = source();
    if (!Files.exists(file) || !Files.readString(file).equals(source)) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, source);
    }
  }

  private static String source() {
    return """
        package io.headstream.attention.internal.vector;

        import static io.headstream.attention.internal.vector.VectorProducts.LANES;
        import static io.headstream.attention.internal.vector.VectorProducts.SPECIES;
        import static io.headstream.attention.internal.vector.VectorProducts.STEP;

        import jdk.incubator.vector.FloatVector;

        /** Blocks of {@link VectorProducts}, as WriteVectorBlocks.java wrote them. */
        final class VectorBlocks {
          private VectorBlocks() {}
        %s}
        """
        .formatted(BLOCKS.stream().map(WriteVectorBlocks::method).collect(Collectors.joining()));
  }

  private static String method(Block of) {
    List<String> body = new ArrayList<>();
    body.add("FloatVector zero = FloatVector.zero(SPECIES);");
    for (int r = 0; r < of.rows; r++) {
      int row = r;
      body.add("FloatVector " + each(of.vectors, v -> sum(row, v) + " = zero") + ";");
    }
    body.add(loop(of));
    for (int turn = 0; turn < of.termsPerTurn; turn++) {
      addTerm(of, turn, body);
    }
    body.add("}");
    for (int r = 0; r < of.rows; r++) {
      for (int v = 0; v < of.vectors; v++) {
        body.add("%s.intoArray(y, yAt%s%s);".formatted(sum(r, v), at(r, "yRow"), at(v, "yVector")));
      }
    }
    return """

          /** %d rows by %d vectors. */
          static void %s(
              float[] a, int aAt, %s
              float[] b, int bAt, %s
              int terms, float[] y, int yAt, int yRow, int yVector) {
            %s
          }
        """
        .formatted(
            of.rows,
            of.vectors,
            of.name(),
            of.walk.aSteps.isEmpty() ? "" : of.walk.aSteps + ",",
            of.walk.bSteps.isEmpty() ? "" : of.walk.bSteps + ",",
            String.join("\n    ", body));
  }

  private static String loop(Block of) {
    String aStep =
        switch (of.walk) {
          case ANY -> ", aAt += " + steps(of.termsPerTurn, "aTerm");
          case LANES -> ", aAt += " + steps(of.termsPerTurn, "LANES");
          case PAIR -> ", nextAt += " + bTerm(of);
          case DENSE, STEP -> "";
        };
    return "for (int n = 0; n < terms; n += %d, bAt += %s%s) {"
        .formatted(of.termsPerTurn, steps(of.termsPerTurn, bTerm(of)), aStep);
  }

  private static String bTerm(Block of) {
    return switch (of.walk) {
      case ANY -> "bTerm";
      case DENSE, PAIR -> of.vectors + " * LANES";
      case STEP, LANES -> "STEP";
    };
  }

  /** One multiply-add for each sum. */
  private static void addTerm(Block of, int turn, List<String> body) {
    if (of.walk == Walk.PAIR) {
      addTermOfPair(of, body);
      return;
    }
    for (int v = 0; v < of.vectors; v++) {
      String from = at(turn, bTerm(of)) + at(v, "LANES");
      body.add(
          "FloatVector w%d%d = FloatVector.fromArray(SPECIES, b, bAt%s);".formatted(turn, v, from));
    }
    for (int r = 0; r < of.rows; r++) {
      String from =
          switch (of.walk) {
            case ANY -> at(turn, "aTerm") + at(r, "aRow");
            case DENSE, STEP -> at(r, "aRow") + " + n" + at(turn, "1");
            case LANES -> at(turn, "LANES") + at(r, "aRow");
            case PAIR -> throw new IllegalArgumentException();
          };
      body.add(
          "FloatVector x%d%d = FloatVector.broadcast(SPECIES, a[aAt%s]);".formatted(turn, r, from));
      for (int v = 0; v < of.vectors; v++) {
        String sum = sum(r, v);
        body.add("%s = x%d%d.fma(w%d%d, %s);".formatted(sum, turn, r, turn, v, sum));
      }
    }
  }

  private static void addTermOfPair(Block of, List<String> body) {
    body.add("FloatVector x = FloatVector.broadcast(SPECIES, a[aAt + n]);");
    for (int r = 0; r < of.rows; r++) {
      for (int v = 0; v < of.vectors; v++) {
        String from = (r == 0 ? "bAt" : "nextAt") + at(v, "LANES");
        body.add("%s = x.fma(FloatVector.fromArray(SPECIES, b, %s), %1$s);".formatted(sum(r, v), from));
      }
    }
  }

  private static String sum(int row, int vector) {
    return (char) ('c' + row) + "" + vector;
  }

  private static String at(int times, String step) {
    return times == 0 ? "" : " + " + steps(times, step);
  }

  private static String steps(int times, String step) {
    return times == 1 ? step : "%d * %s".formatted(times, step);
  }

  private static String each(int count, IntFunction<String> text) {
    return IntStream.range(0, count).mapToObj(text).collect(Collectors.joining(", "));
  }
}
