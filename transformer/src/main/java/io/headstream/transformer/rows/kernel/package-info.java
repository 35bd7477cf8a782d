/**
 * The arithmetic of rows, number by number. {@link
 * io.headstream.transformer.rows.kernel.RowBackend} is where to begin.
 */
package io.headstream.transformer.rows.kernel;
