/**
 * Published sentence encoders as checkpoint folders: out of the ONNX files that Maven artifacts
 * carry. A tool for this, not a second way to load models.
 */
package io.headstream.transformer.onnx;
