/** How any stage sets aside what cannot be used. */
package io.headstream.job.deadletters;
