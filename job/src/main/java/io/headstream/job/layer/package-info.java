/** What several stages need of the layer itself: its weights, and how its answers leave. */
package io.headstream.job.layer;
