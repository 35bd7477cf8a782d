package io.headstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.transformer.checkpoint.ModelException;
import io.headstream.transformer.reference.BertReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Texts in the place of ids, with the tokenizer that lies in the folder. */
class TextsTest {
  @TempDir Path folder;
  private TransformerModel model;

  @BeforeEach
  void write() throws Exception {
    BertReference.checkpoint("bert", "", 1, 2, 80).write(folder);
    writeTokenizer("\"[UNK]\": 0, \"[CLS]\": 1, \"[SEP]\": 2, \"red\": 3, \"blue\": 4");
    model = TransformerModel.load(folder);
  }

  private void writeTokenizer(String vocabulary) throws Exception {
    Files.writeString(
        folder.resolve("tokenizer.json"),
        """
        {"version": "1.0", "truncation": {"max_length": 3, "strategy": "LongestFirst", "stride": 0},
         "padding": null, "added_tokens": [],
         "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
                        "strip_accents": null, "lowercase": true},
         "pre_tokenizer": {"type": "BertPreTokenizer"},
         "post_processor": {"type": "TemplateProcessing",
           "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                      {"Sequence": {"id": "A", "type_id": 0}},
                      {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
           "pair": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                    {"Sequence": {"id": "A", "type_id": 0}},
                    {"Sequence": {"id": "B", "type_id": 1}}],
           "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [1], "tokens": ["[CLS]"]},
                              "[SEP]": {"id": "[SEP]", "ids": [2], "tokens": ["[SEP]"]}}},
         "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
         "model": {"type": "WordPiece", "unk_token": "[UNK]",
                   "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
                   "vocab": {%s}}}
        """
            .formatted(vocabulary));
  }

  @Test
  void aTextIsItsTokens() {
    assertThat(model.embed("Red blue  RED")).isEqualTo(model.embed(1, 3, 4, 3, 2));
    assertThat(model.embed("")).isEqualTo(model.embed(1, 2));
    assertThat(model.classProbabilities("blue"))
        .isEqualTo(model.classProbabilities(1, 4, 2))
        .hasSize(2);
  }

  @Test
  void textsTogetherGiveTheBitsOfEachAlone() {
    List<String> texts =
        List.of("red", "", "blue red blue", "red ".repeat(38), "blue ".repeat(30), "x");
    float[][] vectors = model.embed(texts, new ModelWorkspace());
    for (int t = 0; t < texts.size(); t++) {
      assertThat(vectors[t]).isEqualTo(model.embed(texts.get(t)));
    }
    assertThat(model.embed(List.of(), new ModelWorkspace())).isEmpty();
  }

  @Test
  void aTextThatIsTooLongIsRefused() {
    assertThat(model.embed("red ".repeat(38))).hasSize(48);
    assertThatThrownBy(() -> model.embed("red ".repeat(39)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the text has 41 tokens, the model takes at most 40");
  }

  @Test
  void aFolderWithoutATokenizerTakesIds() throws Exception {
    Files.delete(folder.resolve("tokenizer.json"));
    TransformerModel bare = TransformerModel.load(folder);
    assertThat(bare.embed(1, 3, 2)).isEqualTo(model.embed("red"));
    assertThatThrownBy(() -> bare.embed("red"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the model's folder has no tokenizer.json, it takes ids");
  }

  @Test
  void aTokenizerOfAnotherModelIsRefused() throws Exception {
    StringBuilder words = new StringBuilder("\"[UNK]\": 0, \"[CLS]\": 1, \"[SEP]\": 2");
    for (int id = 3; id < 51; id++) {
      words.append(", \"w").append(id).append("\": ").append(id);
    }
    writeTokenizer(words.toString());
    assertThatThrownBy(() -> TransformerModel.load(folder))
        .isInstanceOf(ModelException.class)
        .hasMessageEndingWith("tokenizer.json: has 51 tokens, expected the 50 of the model");
  }
}
