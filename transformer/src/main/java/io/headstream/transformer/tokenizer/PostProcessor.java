package io.headstream.transformer.tokenizer;

import java.util.List;

/** Finishes the tokens of a text. */
interface PostProcessor {
  /** The finished tokens; special ones are added if that is wanted. */
  Tokens process(Tokens tokens, boolean special);

  /** How many special tokens are added. */
  int added();

  /** One post-processor after another. */
  static PostProcessor sequence(List<PostProcessor> parts) {
    List<PostProcessor> all = List.copyOf(parts);
    return new PostProcessor() {
      @Override
      public Tokens process(Tokens tokens, boolean special) {
        Tokens processed = tokens;
        for (PostProcessor part : all) {
          processed = part.process(processed, special);
        }
        return processed;
      }

      @Override
      public int added() {
        return all.stream().mapToInt(PostProcessor::added).sum();
      }
    };
  }
}
