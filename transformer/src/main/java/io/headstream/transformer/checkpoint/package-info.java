/**
 * The files of a checkpoint folder: what they say is checked before it is believed, and a refusal
 * is one line that names the file, the key or tensor, what was found and what was expected.
 */
package io.headstream.transformer.checkpoint;
