/** Records as JSON text. Pure functions that every stage may use; knows no stage and no Flink. */
package io.headstream.job.app.json;
