package io.headstream.transformer.family;

import java.io.IOException;
import java.nio.file.Path;

/** Finds a model's family in its {@code config.json}. */
public final class Families {
  private Families() {}

  /**
   * Reads what a checkpoint says of its model.
   *
   * @param config the file
   * @return what it says
   * @throws io.headstream.transformer.checkpoint.ModelException if the file is damaged, says what
   *     cannot be, or asks for what is not supported
   * @throws IOException if it cannot be read
   */
  public static ModelDescription read(Path config) throws IOException {
    Config read = Config.read(config);
    return switch (read.modelType()) {
      case "bert" -> BertFamily.bert(read);
      case "roberta", "xlm-roberta" -> BertFamily.roberta(read);
      case "distilbert" -> DistilBertFamily.read(read);
      case "gpt2" -> Gpt2Family.read(read);
      case "llama", "mistral", "qwen2", "qwen3" -> LlamaFamily.read(read);
      default ->
          throw read.json()
              .get("model_type")
              .refusal(
                  "bert, distilbert, roberta, xlm-roberta, gpt2, llama, mistral, qwen2 or qwen3");
    };
  }
}
