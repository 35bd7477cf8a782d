/**
 * The safetensors file format: reading with every claim of the file checked before it is used, and
 * writing.
 *
 * <p>A file is eight bytes with the header's length as a little-endian number, the header as one
 * JSON object, and the tensors' values, row-major and little-endian, without gap or overlap.
 */
package io.headstream.safetensors;
