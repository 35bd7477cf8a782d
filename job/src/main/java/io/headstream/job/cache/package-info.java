/**
 * What is kept of a sequence that is answered token by token: keys and values in keyed state, in
 * pages and rows; those of the sequences that were answered last decoded beside it; and in operator
 * state what they were made with.
 */
package io.headstream.job.cache;
