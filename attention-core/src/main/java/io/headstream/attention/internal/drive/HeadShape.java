package io.headstream.attention.internal.drive;

/**
 * What heads have in common.
 *
 * @param queriesPerKey query heads that share a key/value head
 * @param headDim channels of a query and a key
 * @param valueDim channels of a value and a result
 */
public record HeadShape(int queriesPerKey, int headDim, int valueDim) {}
