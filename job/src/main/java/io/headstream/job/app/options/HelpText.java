package io.headstream.job.app.options;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The text of {@code --help}: where to begin, and every option under what it is about. */
final class HelpText {
  private static final int WIDTH = 100;
  private static final int DESCRIPTION_COLUMN = 27;
  private static final String INDENT = "  ";

  private static final String INTRODUCTION =
      """
      Usage: ./headstream [options]                                 embedded Flink in this JVM
             flink run [-p N] job/target/headstream.jar [options]   the same job on a cluster
             ./headstream view --help                               attention weights as pictures
             ./headstream model --help                              a trained model from Maven Central

      Multi-head attention over streams of token sequences. Most runs need five options:

        ./headstream --input tokens.jsonl --output answers --weights layer.safetensors --heads 12
            --mode token
      """;

  /** The groups in their order, by the class that declares their options. */
  private static final Map<Class<?>, String> GROUPS = new LinkedHashMap<>();

  static {
    GROUPS.put(InputOptions.class, "Input");
    GROUPS.put(LayerOptions.class, "Attention layer");
    GROUPS.put(TokenOptions.class, "Modes and what is kept of a sequence");
    GROUPS.put(OutputOptions.class, "Output");
    GROUPS.put(RunOptions.class, "Running");
    GROUPS.put(KafkaOptions.class, "Kafka");
    GROUPS.put(EmbeddingOptions.class, "Embeddings");
    GROUPS.put(FieldOptions.class, "Names and forms of fields");
    GROUPS.put(AttentionMapOptions.class, "Attention weights as records");
  }

  private HelpText() {}

  /** The text, without a line break at its end. */
  static String of(CommandLine commandLine) {
    Map<String, List<OptionSpec>> groups = new LinkedHashMap<>();
    GROUPS.values().forEach(title -> groups.put(title, new ArrayList<>()));
    for (OptionSpec option : commandLine.getCommandSpec().options()) {
      groups.get(GROUPS.get(((Field) option.userObject()).getDeclaringClass())).add(option);
    }
    StringBuilder text = new StringBuilder(INTRODUCTION);
    groups.forEach(
        (title, options) -> {
          text.append('\n').append(title).append('\n');
          options.forEach(option -> append(option, text));
        });
    return text.toString().stripTrailing();
  }

  private static void append(OptionSpec option, StringBuilder text) {
    String value = option.arity().max() == 0 ? "" : "=" + option.paramLabel();
    StringBuilder line = new StringBuilder(INDENT).append(option.longestName()).append(value);
    if (line.length() >= DESCRIPTION_COLUMN) {
      text.append(line).append('\n');
      line.setLength(0);
    }
    for (String word : String.join(" ", option.description()).split(" ")) {
      if (line.length() + 1 + word.length() > WIDTH) {
        text.append(line).append('\n');
        line.setLength(0);
      }
      if (line.length() < DESCRIPTION_COLUMN) {
        line.append(" ".repeat(DESCRIPTION_COLUMN - line.length()));
      } else {
        line.append(' ');
      }
      line.append(word);
    }
    text.append(line).append('\n');
  }
}
