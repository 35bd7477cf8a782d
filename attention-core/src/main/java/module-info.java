/**
 * Attention on flat float arrays, the parameters of its layers and the files that hold them.
 *
 * <p>The Vector API is used where its module is there; without it the same bits take longer.
 */
@SuppressWarnings("module") // javac does not know a module that is compiled after this one
module io.headstream.attention {
  requires com.fasterxml.jackson.core;
  requires static jdk.incubator.vector;

  exports io.headstream.attention;
  exports io.headstream.attention.cache;
  exports io.headstream.attention.weights;
  exports io.headstream.safetensors;

  // Whole models add arithmetic of their own, with the same bits.
  exports io.headstream.attention.internal.kernel to
      io.headstream.transformer;
  exports io.headstream.attention.internal.vector to
      io.headstream.transformer;
}
