package io.headstream.job.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.AttentionLayer;
import io.headstream.job.AttentionSettings;
import io.headstream.job.GenericTypes;
import io.headstream.job.app.json.TokenFormat;
import io.headstream.job.app.kafka.AnswerRecords;
import io.headstream.job.app.kafka.DeadLetterRecords;
import io.headstream.job.app.kafka.Delivery;
import io.headstream.job.app.kafka.OutputTopic;
import io.headstream.job.app.kafka.RecordBound;
import io.headstream.job.app.kafka.SetAsideLargeAnswers;
import io.headstream.job.app.kafka.StartFrom;
import io.headstream.job.app.kafka.TokenTopic;
import io.headstream.job.app.source.JsonTokenParser;
import io.headstream.job.app.source.RecordReader;
import io.headstream.job.app.source.TokenEmbedding;
import java.util.Map;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The job from topics to topics as Flink sees it, before it runs. */
class KafkaJobGraphTest {
  private static final String SECRET = "hunter2-s3cret";

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void nothingFallsToKryoAndEveryOperatorHasANameAndAUid(int headGroups) throws Exception {
    GenericTypes.assertNone(graph(headGroups));
    for (StreamNode node : graph(headGroups).getStreamNodes()) {
      assertThat(node.getTransformationUID()).as("uid of %s", node.getOperatorName()).isNotNull();
    }
    assertThat(graph(headGroups).getStreamNodes())
        .extracting(StreamNode::getTransformationUID)
        .contains("read-records", "set-aside-large-answers")
        .anyMatch(uid -> uid.contains("write-answers"))
        .anyMatch(uid -> uid.contains("write-dead-letters"));
  }

  /** What the web UI and the log show of a job. */
  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void noSecretIsInWhatIsShown(int headGroups) throws Exception {
    StreamGraph graph = graph(headGroups);

    assertThat(graph.getStreamingPlanAsJSON()).contains("Read token records");
    assertThat(graph.getStreamingPlanAsJSON()).doesNotContain(SECRET, "password");
    assertThat(graph.getJobGraph().getVertices())
        .isNotEmpty()
        .allSatisfy(
            vertex ->
                assertThat(vertex + " " + vertex.getOperatorPrettyName())
                    .doesNotContain(SECRET, "password"));
    assertThat(graph.getExecutionConfig().getGlobalJobParameters().toMap().toString())
        .doesNotContain(SECRET);
    assertThat(graph.getJobConfiguration().toString()).doesNotContain(SECRET);
  }

  private static StreamGraph graph(int headGroups) throws Exception {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.enableCheckpointing(1000);
    AttentionSettings settings = AttentionSettings.of(64, 4).withHeadGroups(headGroups);
    RecordBound bound = new RecordBound(1 << 20);
    Map<String, String> clients =
        Map.of("bootstrap.servers", "localhost:1", "ssl.keystore.password", SECRET);
    new AttentionJob(
            TokenTopic.source(
                "in",
                clients,
                StartFrom.EARLIEST,
                false,
                new RecordReader(new JsonTokenParser(64, false, false), 1 << 20)),
            TokenEmbedding.OF_RECORD,
            AttentionLayer.seeded(1, settings),
            OutputTopic.sink(
                new AnswerRecords("out", TokenFormat.DEFAULT), clients, Delivery.EXACTLY_ONCE, "a"),
            OutputTopic.sink(
                new DeadLetterRecords("letters", TokenFormat.DEFAULT, bound),
                clients,
                Delivery.EXACTLY_ONCE,
                "b"))
        .withLargestAnswer(new SetAsideLargeAnswers(TokenFormat.DEFAULT, bound))
        .build(env);
    return env.getStreamGraph(false);
  }
}
