/**
 * The backend by the Vector API. No other package knows {@code jdk.incubator.vector}, and this one
 * is loaded only where that module is there.
 *
 * <p>{@link io.headstream.attention.internal.vector.VectorBackend} is where to begin, {@link
 * io.headstream.attention.internal.vector.VectorOperations} says what the code has to look like for
 * C2 to keep vectors in registers.
 */
package io.headstream.attention.internal.vector;
