/**
 * What a user types: options with the values that their text stands for, the rules between them,
 * and the folders and Kafka topics that they name. Made into settings and places for {@code app};
 * knows nothing of who runs the job.
 */
package io.headstream.job.app.options;
