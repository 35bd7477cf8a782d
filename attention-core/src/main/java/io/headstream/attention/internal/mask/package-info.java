/**
 * Which keys a query may attend to, and what is added to its scores.
 *
 * <p>A {@link io.headstream.attention.internal.mask.ScoreRegion} says which queries and keys are at
 * hand and a {@link io.headstream.attention.internal.mask.ScoreBlock} holds their scores; a {@link
 * io.headstream.attention.internal.mask.MaskConstraint} answers for a region and hides scores of a
 * block.
 */
package io.headstream.attention.internal.mask;
