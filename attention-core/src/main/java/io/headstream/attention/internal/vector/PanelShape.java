package io.headstream.attention.internal.vector;

/**
 * How many sums of a matrix product stay in registers: rows by vectors of columns. The one place
 * that says which shape is for which processor.
 *
 * <p>The inner loop needs a register for each sum, for each vector of the panel and for the number
 * of a row that is spread over a vector. Whatever does not fit goes to memory and back for each
 * term, which halves the speed.
 *
 * <ul>
 *   <li>{@link #FOUR_BY_FOUR}: 16 + 4 + 1 of 32 registers, which AVX-512, NEON and SVE have.
 *   <li>{@link #FOUR_BY_THREE}: 12 + 3 + 1 of the 16 that x86 has without AVX-512. Twelve sums hide
 *       the latency of a multiply-add where two begin a cycle, and seven loads for twelve of them
 *       are few enough. Six rows by two vectors are as fast, but not on every processor.
 * </ul>
 *
 * <p>No shape changes a bit of any result, since each sum is one chain in the order of its terms.
 */
enum PanelShape {
  FOUR_BY_FOUR("4x4", 4),
  FOUR_BY_THREE("4x3", 3);

  /** {@code 4x4} or {@code 4x3} to have this shape on any processor; for tests. */
  static final String PROPERTY = "headstream.panel";

  private final String word;
  private final int vectors;

  PanelShape(String word, int vectors) {
    this.word = word;
    this.vectors = vectors;
  }

  /** The shape for vectors of so many bits on the processor of this JVM. */
  static PanelShape of(int vectorBits) {
    return of(System.getProperty(PROPERTY, "auto"), System.getProperty("os.arch"), vectorBits);
  }

  static PanelShape of(String asked, String architecture, int vectorBits) {
    if (!asked.equals("auto")) {
      for (PanelShape shape : values()) {
        if (shape.word.equals(asked)) {
          return shape;
        }
      }
      throw new IllegalArgumentException(
          "-D" + PROPERTY + " is " + asked + ", expected auto, 4x4 or 4x3");
    }
    // A JVM that does not use 512 bits does not use the registers that came with them either.
    boolean x86 = architecture.matches("amd64|x86_64|x86|i[3-6]86");
    return x86 && vectorBits < 512 ? FOUR_BY_THREE : FOUR_BY_FOUR;
  }

  /** What logs call it: rows by vectors. */
  String word() {
    return word;
  }

  /** How wide the next panel is where so many vectors of columns are left; at least 1. */
  int next(int vectorsLeft) {
    if (vectors == 3 && vectorsLeft == 4) {
      return 2; // a single vector would be left, and one alone is slow
    }
    return vectorsLeft == 3 && vectors == 4 ? 2 : Math.min(vectorsLeft, vectors);
  }
}
