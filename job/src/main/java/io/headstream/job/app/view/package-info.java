/** Attention weights as pictures: a page for the browser, and one PNG a head. */
package io.headstream.job.app.view;
