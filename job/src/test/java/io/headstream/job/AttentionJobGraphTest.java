package io.headstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.app.source.JsonTokenParser;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The job as Flink sees it, before it runs. */
class AttentionJobGraphTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void noTypeFallsToKryo(int headGroups) throws Exception {
    GenericTypes.assertNone(graph(headGroups));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void everyOperatorHasANameAndAUid(int headGroups) throws Exception {
    for (StreamNode node : graph(headGroups).getStreamNodes()) {
      assertThat(node.getTransformationUID()).as("uid of %s", node.getOperatorName()).isNotNull();
      assertThat(node.getOperatorName())
          .doesNotContain("Process", "Flat Map", "Unnamed")
          .matches("(Source: )?[A-Z].*");
    }
  }

  /** They are in savepoints, so they never change. */
  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void theUidsStay(int headGroups) throws Exception {
    List<String> middle =
        headGroups == 1
            ? List.of("attend-sequences")
            : List.of("cut-sequences", "fan-out-heads", "attend-heads", "gather-heads");
    assertThat(graph(headGroups).getStreamNodes())
        .extracting(StreamNode::getTransformationUID)
        .contains("read-records", "parse-tokens", "collect-sequences")
        .containsAll(middle)
        .anyMatch(uid -> uid.contains("write-answers"))
        .anyMatch(uid -> uid.contains("write-dead-letters"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void tokenModeToo(int headGroups) throws Exception {
    StreamGraph graph = graph(settings(headGroups).withTokenMode());
    GenericTypes.assertNone(graph);
    assertThat(graph.getStreamNodes())
        .allSatisfy(node -> assertThat(node.getTransformationUID()).isNotNull())
        .extracting(StreamNode::getTransformationUID)
        .contains("read-records", "parse-tokens", "order-tokens", "attend-tokens", "gather-tokens")
        .filteredOn(uid -> uid.equals("fan-out-tokens") || uid.equals("keep-tokens"))
        .hasSize(headGroups == 1 ? 0 : 2);
  }

  private StreamGraph graph(int headGroups) throws Exception {
    return graph(settings(headGroups));
  }

  private static AttentionSettings settings(int headGroups) {
    return AttentionSettings.of(64, 4).withHeadGroups(headGroups);
  }

  private StreamGraph graph(AttentionSettings settings) throws Exception {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    new JobRun(folder)
        .job(folder, new JsonTokenParser(64, false, false), AttentionLayer.seeded(1, settings))
        .build(env);
    return env.getStreamGraph(false);
  }
}
