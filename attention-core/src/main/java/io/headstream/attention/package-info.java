/**
 * Attention on flat float arrays, after "Attention Is All You Need" (Vaswani et al. 2017), sections
 * 3.2.1 and 3.2.2: forward, in float32, in pure Java.
 *
 * <p>A causal multi-head layer with parameters from a file, for one sequence of {@code n} tokens:
 *
 * <pre>{@code
 * AttentionParameters parameters = AttentionParameters.read(Path.of("layer.safetensors"), "", 12);
 * MultiHeadAttention layer = new MultiHeadAttention(parameters);
 * AttentionOptions options = AttentionOptions.defaults().withMask(AttentionMask.causal());
 * float[] y = layer.attend(1, n, x, options); // x and y are [n, modelDim], row-major
 * }</pre>
 *
 * <p>The same, token by token, to the same bits:
 *
 * <pre>{@code
 * KeyValueCache cache =
 *     KeyValueCache.growing(layer.keyValueHeads(), layer.headDim(), layer.headDim(), 8192);
 * AttentionOptions options = AttentionOptions.defaults().withWorkspace(new Workspace());
 * for (int i = 0; i < n; i++) {
 *   layer.attend(1, x, i * layer.modelDim(), cache, y, i * layer.modelDim(), options);
 * }
 * }</pre>
 *
 * <p>Where to look:
 *
 * <ul>
 *   <li>{@link io.headstream.attention.ScaledDotProductAttention} takes Q, K and V as they are,
 *       {@link io.headstream.attention.MultiHeadAttention} projects them, and a {@link
 *       io.headstream.attention.HeadGroup} is a part of its heads. Each of them attends to arrays,
 *       or to what a {@link io.headstream.attention.cache.KeyValueCache} keeps of a sequence.
 *   <li>{@link io.headstream.attention.Projection} is a linear layer alone. With it and {@code
 *       ScaledDotProductAttention} a model makes layers of its own.
 *   <li>{@link io.headstream.attention.weights.AttentionParameters} is what a layer is made of.
 *   <li>{@link io.headstream.attention.AttentionOptions} says how: {@link
 *       io.headstream.attention.AttentionMask} who sees whom, {@link
 *       io.headstream.attention.Dropout}, the scale, a soft cap, the executor, a {@link
 *       io.headstream.attention.Workspace} to allocate nothing.
 *   <li>{@link io.headstream.attention.AttentionResults} gives weights, scores and log-sum-exps,
 *       {@link io.headstream.attention.PartialAttention} merges results over parts of the keys.
 *   <li>{@link io.headstream.attention.AttentionWarmUp} makes the first call fast.
 * </ul>
 *
 * <p>The types here check what callers give and say what it means. {@code internal} packages, which
 * the module does not export, do the work: {@code mask} says who sees whom, {@code kernel} is the
 * arithmetic on one thread, {@code vector} the same by the Vector API, {@code drive} says which
 * heads and tiles are computed and on which threads. Each knows those before it alone, and none of
 * them this package; what a call reads of an {@code AttentionMask}, {@code AttentionOptions},
 * {@code AttentionResults}, {@code Dropout} or {@code Workspace} is an object of theirs that it
 * holds.
 *
 * <p>Every array is flat and row-major; a range of one is the array and the offset at which it
 * begins. Results are the same bits whatever the number of threads, the JIT's state, the JVM or the
 * machine.
 */
package io.headstream.attention;
