package io.headstream.benchmarks.cases;

/** A case that is ready to run, again and again. */
interface Work {

  /** Computes the case once. */
  void run();

  /** {@return what the last run computed, in the layout of the {@link Case}; null where nothing} */
  float[] output();
}
