/**
 * Tokenizers: from text to the ids that a model was trained on and back, by the {@code
 * tokenizer.json} of a checkpoint folder.
 *
 * <p>{@link io.headstream.transformer.tokenizer.Tokenizer} reads WordPiece (BERT, MiniLM, BGE, E5),
 * byte-level BPE (GPT-2, RoBERTa, Llama 3, Qwen) and BPE with byte fallback (Llama 2, Mistral). Any
 * other kind is refused by its name when the file is read.
 */
package io.headstream.transformer.tokenizer;
