/**
 * The arithmetic of rows by the Vector API. No other package of this module knows {@code
 * jdk.incubator.vector}, and this one is loaded only where that module is there.
 */
package io.headstream.transformer.rows.vector;
