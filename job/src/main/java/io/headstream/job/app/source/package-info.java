/** Where tokens come from: files and stdin, line by line, and what makes tokens of the lines. */
package io.headstream.job.app.source;
