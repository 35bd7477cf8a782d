/** What all slots of a TaskManager share: loaded once, gone with the last who uses it. */
package io.headstream.job.shared;
