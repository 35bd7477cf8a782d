/**
 * What a layer is made of: its weights ({@code LayerWeights}, from a file that the job ships or
 * from a seed), its mask and its dropout ({@code AttendOptions}).
 *
 * <p>{@code Attend} and {@code Gather} take a lease when they open ({@code SharedLayers}): a
 * TaskManager loads a layer once for all slots of a job, and lets it go with the last lease.
 */
package io.headstream.job.weights;
