/** Where records go: JSON Lines in folders, or on the JVM's standard streams. */
package io.headstream.job.app.output;
