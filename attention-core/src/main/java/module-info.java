/**
 * Attention on flat float arrays, the parameters of its layers and the files that hold them.
 *
 * <p>The Vector API is used where its module is there; without it the same bits take longer.
 */
module io.headstream.attention {
  requires com.fasterxml.jackson.core;
  requires static jdk.incubator.vector;

  exports io.headstream.attention;
  exports io.headstream.attention.cache;
  exports io.headstream.attention.weights;
  exports io.headstream.safetensors;
}
