/**
 * The families of models: what their {@code config.json} says, which tensors they have and what
 * each is for. Tables of facts, and nothing that computes.
 */
package io.headstream.transformer.family;
