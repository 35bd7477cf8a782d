/** The program: what a user types, where records come from and go to, made into one job. */
package io.headstream.job.app;
