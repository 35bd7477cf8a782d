/**
 * {@code ./headstream view}: attention weights that a job wrote, as pictures. No part of the job.
 *
 * <pre>
 * AttentionFiles   the lines of a file or folder
 *    -> WeightsRecord     one line of either mode, checked
 *    -> AttentionReport   by sequence: a map of each head (sequence mode), or in token mode a
 *                         Waterfall of the latest rows
 *    -> ReportPage        one page for the browser
 *    -> HeadPictures      one PNG for each head
 * </pre>
 */
package io.headstream.job.app.view;
