package io.headstream.transformer.tokenizer;

import java.util.ArrayList;
import java.util.List;

/** Puts a space between words, and tidies the spaces of English punctuation if that is wanted. */
final class WordPieceDecoder implements Decoder {
  private static final String[][] TIDY = {
    {" .", "."},
    {" ?", "?"},
    {" !", "!"},
    {" ,", ","},
    {" ' ", "'"},
    {" n't", "n't"},
    {" 'm", "'m"},
    {" do not", " don't"},
    {" 's", "'s"},
    {" 've", "'ve"},
    {" 're", "'re"}
  };

  private final String prefix;
  private final boolean tidy;

  WordPieceDecoder(String prefix, boolean tidy) {
    this.prefix = prefix;
    this.tidy = tidy;
  }

  @Override
  public List<String> decode(List<String> tokens) {
    List<String> strings = new ArrayList<>(tokens.size());
    for (String token : tokens) {
      String string = token;
      if (!strings.isEmpty()) {
        string = token.startsWith(prefix) ? token.substring(prefix.length()) : " " + token;
      }
      if (tidy) {
        for (String[] pair : TIDY) {
          string = string.replace(pair[0], pair[1]);
        }
      }
      strings.add(string);
    }
    return strings;
  }
}
