package io.headstream.e2e;

import static org.apache.kafka.common.IsolationLevel.READ_COMMITTED;
import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.Sequences;
import io.headstream.job.app.json.TokenJson;
import io.headstream.job.records.Token;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** From topic to topic on a cluster, which has Kafka's classes from the job's jar alone. */
class KafkaClusterE2E {
  @RegisterExtension static final ClusterExtension EXTENSION = new ClusterExtension(1);

  @Test
  void answersFromTopicToTopic() throws Exception {
    StandaloneCluster cluster = EXTENSION.cluster();
    Path folder = EXTENSION.newFolder("kafka");
    Sequences sequences = new Sequences(ClusterExtension.SEED, 50, 16, 32, 4);
    Path weights = sequences.writeWeights(folder.resolve("layer.safetensors"));
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (Token token : sequences.interleaved()) {
      byte[] key = token.sequenceId().getBytes(StandardCharsets.UTF_8);
      records.add(new ProducerRecord<>("in", key, TokenJson.bytes(token)));
    }
    try (KafkaBroker broker = new KafkaBroker(folder.resolve("broker"), "PLAINTEXT", Map.of())) {
      broker.start();
      try (KafkaTopics topics = new KafkaTopics(Map.of("bootstrap.servers", broker.servers()))) {
        topics.create("in", "out", "out-dead-letters");
        topics.write(records);
        Submission submission =
            cluster.submit(
                2,
                "--input=kafka:in",
                "--until=latest",
                "--output=kafka:out",
                "--weights=" + weights,
                "--heads=4",
                "--head-groups=2",
                "--kafka.bootstrap.servers=" + broker.servers());
        cluster.awaitFinished(submission);

        assertThat(topics.values("out", READ_COMMITTED).stream().sorted().toList())
            .as("seed %d", ClusterExtension.SEED)
            .isEqualTo(sequences.libraryAnswers(false).stream().sorted().toList());
      }
    }
  }
}
