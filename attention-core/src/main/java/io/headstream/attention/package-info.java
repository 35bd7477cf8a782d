/**
 * Attention on flat float arrays, after "Attention Is All You Need" (Vaswani et al. 2017), sections
 * 3.2.1 and 3.2.2.
 *
 * <p>A causal multi-head layer with weights from a file, for one sequence of {@code n} tokens:
 *
 * <pre>{@code
 * AttentionWeights weights = AttentionWeights.read(Path.of("layer.safetensors"), "", 12);
 * MultiHeadAttention layer = new MultiHeadAttention(weights);
 * AttentionOptions options = AttentionOptions.defaults().withMask(AttentionMask.causal());
 * float[] y = layer.attend(1, n, x, options); // x and y are [n, modelDim], row-major
 * }</pre>
 *
 * <p>Results are the same bits whatever the number of threads, the JIT's state or the machine.
 */
package io.headstream.attention;
