package io.headstream.transformer.tokenizer;

import java.util.List;

/** Changes a text before it is split into words. */
interface Normalizer {
  /** The text as the model was trained to see it. */
  AlignedText normalize(AlignedText text);

  /** One normalizer after another. */
  static Normalizer sequence(List<Normalizer> parts) {
    List<Normalizer> all = List.copyOf(parts);
    return text -> {
      AlignedText changed = text;
      for (Normalizer part : all) {
        changed = part.normalize(changed);
      }
      return changed;
    };
  }
}
