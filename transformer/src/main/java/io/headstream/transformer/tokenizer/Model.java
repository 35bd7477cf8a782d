package io.headstream.transformer.tokenizer;

/** Makes tokens of words. */
interface Model {
  /** The tokens of the model, without those that were added to it. */
  Vocabulary vocabulary();

  /** Adds the tokens of each word, until no more are wanted. */
  void tokenize(Words words, Tokens tokens);
}
