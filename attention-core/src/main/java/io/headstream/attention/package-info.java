/** Multi-head attention on flat float arrays, and its weights. Knows no Flink. */
package io.headstream.attention;
