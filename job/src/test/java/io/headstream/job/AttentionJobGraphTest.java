package io.headstream.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.headstream.job.app.source.JsonTokenParser;
import io.headstream.job.records.Token;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.graph.StreamEdge;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.streaming.runtime.partitioner.ForwardPartitioner;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
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

  static Stream<Arguments> modes() {
    return Stream.of(
        arguments(settings(1), List.of("collect-sequences-0", "attend-0", "gather-0", "answer-0")),
        arguments(
            settings(4),
            List.of(
                "collect-sequences-0",
                "cut-blocks-0",
                "fan-out-0",
                "keep-tokens-0",
                "attend-0",
                "gather-0",
                "answer-0")),
        arguments(tokenMode(1), List.of("order-tokens-0", "attend-0", "gather-0", "answer-0")),
        arguments(
            tokenMode(4),
            List.of(
                "order-tokens-0",
                "cut-blocks-0",
                "fan-out-0",
                "keep-tokens-0",
                "attend-0",
                "gather-0",
                "answer-0")));
  }

  /** They are in savepoints, so they never change. */
  @ParameterizedTest
  @MethodSource("modes")
  void theUidsStay(AttentionSettings settings, List<String> ofTheLayer) throws Exception {
    List<String> expected = new ArrayList<>(ofTheLayer);
    expected.addAll(List.of("read-records", "embed-tokens"));
    for (String output :
        List.of("answers", "dead-letters", "attention-weights", "attention-rows")) {
      expected.addAll(List.of("write-" + output, "Sink Committer: write-" + output));
    }
    assertThat(graph(settings).getStreamNodes())
        .extracting(StreamNode::getTransformationUID)
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  /** Flink's own 100 ms at one operator are more than all the rest that a token takes. */
  @ParameterizedTest
  @MethodSource("modes")
  void noRecordWaitsForAFullBuffer(AttentionSettings settings) throws Exception {
    SoftAssertions edges = new SoftAssertions();
    for (StreamEdge edge : edges(graph(settings))) {
      edges.assertThat(edge.getBufferTimeout()).as("%s", edge).isBetween(0L, 1L);
    }
    edges.assertAll();
  }

  /** Whoever puts the layer into a job of their own sets no flush time. */
  @ParameterizedTest
  @MethodSource("modes")
  void noExchangeWithinTheLayerWaitsEither(AttentionSettings settings) throws Exception {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    DataStream<Token> tokens = env.fromData(Token.of("a", 0, new float[64], true));
    AttentionLayer.seeded(1, settings).apply(tokens).tokens().sinkTo(new DiscardingSink<>());
    StreamGraph graph = env.getStreamGraph(false);
    SoftAssertions edges = new SoftAssertions();
    for (StreamEdge edge : edges(graph)) {
      boolean fromOutside = graph.getSourceIDs().contains(edge.getSourceId());
      if (!fromOutside && !(edge.getPartitioner() instanceof ForwardPartitioner)) {
        edges.assertThat(edge.getBufferTimeout()).as("%s", edge).isBetween(0L, 1L);
      }
    }
    edges.assertAll();
  }

  private static List<StreamEdge> edges(StreamGraph graph) {
    return graph.getStreamNodes().stream()
        // What leaves a writer is committed at the next checkpoint, and no record.
        .filter(node -> !node.getOperatorName().endsWith(": Writer"))
        .flatMap(node -> node.getOutEdges().stream())
        .toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void noTypeFallsToKryoInTokenModeEither(int headGroups) throws Exception {
    GenericTypes.assertNone(graph(tokenMode(headGroups)));
  }

  private StreamGraph graph(int headGroups) throws Exception {
    return graph(settings(headGroups));
  }

  private static AttentionSettings settings(int headGroups) {
    return AttentionSettings.of(64, 4).withHeadGroups(headGroups);
  }

  private static AttentionSettings tokenMode(int headGroups) {
    return settings(headGroups).withTokenMode();
  }

  private StreamGraph graph(AttentionSettings settings) throws Exception {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    new JobRun(folder)
        .job(folder, new JsonTokenParser(64, false, false), AttentionLayer.seeded(1, settings))
        .build(env);
    return env.getStreamGraph(false);
  }
}
