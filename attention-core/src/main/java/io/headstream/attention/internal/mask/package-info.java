/**
 * Which keys a query may attend to, what is added to its scores, and which weights are dropped.
 *
 * <p>A {@link io.headstream.attention.internal.mask.BatchMask} is the mask of a call, with a {@link
 * io.headstream.attention.internal.mask.SequenceMask} for each member: constraints, and how
 * sequences are packed. A {@link io.headstream.attention.internal.mask.ScoreRegion} says which
 * queries and keys are at hand and a {@link io.headstream.attention.internal.mask.ScoreBlock} holds
 * their scores; a {@link io.headstream.attention.internal.mask.MaskConstraint} answers for a region
 * and hides scores of a block.
 */
package io.headstream.attention.internal.mask;
