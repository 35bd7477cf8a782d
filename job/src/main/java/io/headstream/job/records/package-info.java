/** What travels between the stages of the job. Knows no stage. */
package io.headstream.job.records;
