/**
 * The parameters of a multi-head attention layer: given, drawn from a seed, or read from and
 * written to a file under PyTorch's names.
 *
 * <p>{@link io.headstream.attention.weights.AttentionParameters} is where to begin. Files are read
 * and written through {@link io.headstream.safetensors}; a file that is refused is a {@link
 * io.headstream.safetensors.WeightsException}.
 */
package io.headstream.attention.weights;
