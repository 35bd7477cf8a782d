/**
 * The arithmetic, on one thread: what a {@link io.headstream.attention.internal.kernel.Backend}
 * computes, and the one without the Vector API.
 *
 * <p>A {@link io.headstream.attention.internal.kernel.PackedProjection} multiplies rows by a
 * matrix, a {@link io.headstream.attention.internal.kernel.TileKernel} attends with a block of
 * queries to one tile of keys after the other, from a {@link
 * io.headstream.attention.internal.kernel.KeyValueSource}: rows of arrays or the pages of a cache.
 * All backends give the same bits, which {@code TileKernel} and {@code PackedProjection} define.
 */
package io.headstream.attention.internal.kernel;
