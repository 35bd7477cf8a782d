/**
 * Whole trained transformer models, from a checkpoint folder to the answer. Knows no Flink.
 *
 * <p>Where to look:
 *
 * <ul>
 *   <li>{@link io.headstream.transformer.TransformerModel} loads a model and answers: hidden
 *       states, vectors, next tokens, classes, probabilities. The two programs that most readers
 *       want are in its documentation.
 *   <li>{@link io.headstream.transformer.SequenceBatch} is what one call computes, a {@link
 *       io.headstream.transformer.SequenceCache} what a causal model keeps of a sequence, a {@link
 *       io.headstream.transformer.ModelWorkspace} what a thread computes in.
 *   <li>{@code family} has the facts: which tensors a model of a kind has, which keys its config.
 *       Models without a config are told by {@link io.headstream.transformer.family.TorchEncoder}
 *       or {@link io.headstream.transformer.family.SasRec}.
 *   <li>{@code checkpoint} reads the files, {@code tokenizer} makes tokens of texts, {@code layers}
 *       is what a transformer is made of, and {@code rows} the arithmetic on a row.
 * </ul>
 *
 * <p>Supported are BERT, DistilBERT, RoBERTa, XLM-RoBERTa, GPT-2, Llama, Mistral, Qwen2, Qwen3,
 * PyTorch's {@code nn.TransformerEncoder} and SASRec. Anything else is refused by its name before a
 * weight is read.
 */
package io.headstream.transformer;
