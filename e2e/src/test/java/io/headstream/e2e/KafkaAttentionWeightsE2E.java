package io.headstream.e2e;

import static org.apache.kafka.common.IsolationLevel.READ_COMMITTED;
import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.PartFiles;
import io.headstream.job.Sequences;
import io.headstream.job.records.Token;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attention weights into a topic, of which some are too large for it. */
class KafkaAttentionWeightsE2E {
  @RegisterExtension static final KafkaExtension KAFKA = new KafkaExtension();

  private static final int MODEL_DIM = 8;
  private static final int HEADS = 2;
  private static final int MOST_BYTES = 70_000;

  /** A map of 200 tokens takes 200 KB or more, a row of 200 keys 3 KB. */
  @ParameterizedTest
  @CsvSource({"sequence, 2", "token, 0"})
  void theTopicHasWhatAFolderHasAndWhatItDoesNotTakeIsADeadLetter(String mode, int tooLarge)
      throws Exception {
    String topic = "weights-" + mode;
    KAFKA.topics().create(topic, Map.of("max.message.bytes", String.valueOf(MOST_BYTES)));
    Sequences sequences = new Sequences(KafkaExtension.SEED, 8, 30, MODEL_DIM, HEADS);
    Sequences longer = new Sequences(KafkaExtension.SEED + 1, 1, 1, MODEL_DIM, HEADS);
    List<Token> tokens = sequences.interleaved();
    float[] embedding = longer.sequences.get(0).get(0).embedding();
    for (int position = 0; position < 200; position++) {
      tokens.add(Token.of("long", position, embedding, position == 199));
    }
    Path input = Sequences.write(tokens, KAFKA.folder().resolve("in-" + mode), 1);

    Path folder = KAFKA.folder().resolve(mode);
    run(mode + "-folder", mode, input, folder.resolve("a"), folder.resolve("w").toString());
    List<String> summary = run(mode + "-topic", mode, input, folder.resolve("b"), "kafka:" + topic);

    assertThat(lines(folder.resolve("b"))).isEqualTo(lines(folder.resolve("a")));
    assertThat(summary)
        .singleElement()
        .asString()
        .contains(tokens.size() + " tokens answered", tooLarge + " dead letter");
    List<ConsumerRecord<byte[], byte[]>> records = KAFKA.topics().read(topic, READ_COMMITTED);
    assertThat(records)
        .allSatisfy(
            record ->
                assertThat(text(record.value()))
                    .startsWith("{\"sequence_id\":\"" + text(record.key()) + "\",\"head\":"));
    assertThat(records.stream().map(record -> text(record.value())).sorted().toList())
        .isNotEmpty()
        .isEqualTo(
            lines(folder.resolve("w")).stream()
                .filter(line -> tooLarge == 0 || !line.contains("\"long\""))
                .toList());
    assertThat(PartFiles.lines(Path.of(folder.resolve("b") + "-dead-letters")))
        .hasSize(tooLarge)
        .allSatisfy(
            letter ->
                assertThat(letter)
                    .hasSizeLessThan(8192)
                    .matches(
                        ".*TOO_LARGE.*attention weights have \\d{6} bytes, the topic takes 70000.*"
                            + "attention weights of sequence long, head [01].*"));
  }

  private static List<String> run(
      String name, String mode, Path input, Path answers, String weights) throws Exception {
    String[] options = {
      "--input=" + input,
      "--output=" + answers,
      "--attention-weights=" + weights,
      "--attention-weights-sample=1",
      "--mode=" + mode,
      "--mask=causal",
      "--model-dim=" + MODEL_DIM,
      "--heads=" + HEADS
    };
    try (HeadstreamProcess run =
        weights.startsWith("kafka:")
            ? KAFKA.headstream(name, "", options)
            : HeadstreamProcess.start(name, KAFKA.folder(), "", List.of(options))) {
      run.succeed();
      return run.stderr();
    }
  }

  private static List<String> lines(Path folder) {
    return PartFiles.lines(folder).stream().sorted().toList();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
