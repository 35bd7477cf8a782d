/** What a user types, and the embedded Flink that runs it. */
package io.headstream.job.app.cli;
