package io.headstream.job.app.view;

/**
 * What one head attends to in one sequence.
 *
 * @param head which head, from 0
 * @param weights {@code [rows, columns]} of the {@link SequenceWeights}, row-major; 0 where a query
 *     may not attend, NaN where the weight was not finite
 */
record HeadWeights(int head, float[] weights) {}
