/**
 * Which heads, tiles and blocks of queries are computed, in which order and on which threads.
 *
 * <p>{@link io.headstream.attention.internal.drive.HeadAttention} takes one head through its tiles.
 * {@link io.headstream.attention.internal.drive.ArrayAttention}, {@link
 * io.headstream.attention.internal.drive.CachedAttention} and {@link
 * io.headstream.attention.internal.drive.LayerAttention} do so with all heads of a call, {@link
 * io.headstream.attention.internal.drive.ProjectionTasks} projects; all of them run on {@link
 * io.headstream.attention.internal.drive.ParallelTasks}. {@link
 * io.headstream.attention.internal.drive.CallOptions} is what the caller asked for, and {@link
 * io.headstream.attention.internal.drive.Buffers} is all the memory that a call needs. {@link
 * io.headstream.attention.internal.drive.Backends} picks the arithmetic.
 *
 * <p>Nothing here checks what callers give: {@code io.headstream.attention} does.
 */
package io.headstream.attention.internal.drive;
