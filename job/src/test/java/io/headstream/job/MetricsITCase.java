package io.headstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.headstream.attention.MultiHeadAttention;
import io.headstream.job.app.AttentionJob;
import io.headstream.job.app.source.HeldInput;
import io.headstream.job.app.source.JsonTokenParser;
import io.headstream.job.app.source.TokenEmbedding;
import io.headstream.job.observe.AttentionSample;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What Flink's Prometheus reporter says of a running job, and that the dashboard asks for it. */
class MetricsITCase {
  private static final String PREFIX = "flink_taskmanager_job_task_operator_attention_";
  private static final Path DASHBOARD = Path.of("../conf/grafana-dashboard.json");
  private static final Duration PATIENCE = Duration.ofSeconds(180);
  private static final int PORT = freePort();

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(4)
              .setConfiguration(reporter())
              .build());

  @Test
  void theNumbersAreRightAndTheDashboardAsksForNothingElse() throws Exception {
    try (HeldInput oneGroup = new HeldInput("one");
        HeldInput twoGroups = new HeldInput("two")) {
      JobClient one = start("one", oneGroup, AttentionSettings.of(8, 2));
      JobClient two = start("two", twoGroups, AttentionSettings.of(8, 2).withHeadGroups(2));
      for (HeldInput input : List.of(oneGroup, twoGroups)) {
        writeRecords(input);
      }
      for (String job : List.of("one", "two")) {
        await(
            "the answers of " + job,
            metrics ->
                sum(metrics, "tokensAnswered", job) == 60
                    && sum(metrics, "openSequences", job) == 5
                    && sum(metrics, "reason_deadLetters", job) == 8);
        List<String> metrics = scrape();
        assertThat(sum(metrics, "tokensRead", job)).isEqualTo(60 + 5 + 1 + 1);
        assertThat(sum(metrics, "sequencesCompleted", job)).isEqualTo(20);
        assertThat(sum(metrics, "duplicatesDropped", job)).isEqualTo(1);
        assertThat(sum(metrics, "reason_deadLetters", job, "reason=\"MALFORMED\"")).isEqualTo(4);
        assertThat(sum(metrics, "reason_deadLetters", job, "reason=\"WRONG_DIMENSION\""))
            .isEqualTo(3);
        assertThat(sum(metrics, "reason_deadLetters", job, "reason=\"CONFLICT\"")).isEqualTo(1);
        assertThat(sum(metrics, "stateBytes", job))
            .as("bytes of five open tokens")
            .isBetween(5 * 4 * 8.0, 5 * 200.0);
        int groups = job.equals("one") ? 1 : 2;
        for (int group = 0; group < groups; group++) {
          assertThat(sum(metrics, "headGroup_tokensAttended", job, "headGroup=\"" + group + "\""))
              .isEqualTo(60);
        }
        assertThat(value(metrics, "headGroups", job)).isEqualTo(groups);
        assertThat(sum(metrics, "attentionTimeMicros_count", job)).isEqualTo(20 * groups);
        assertThat(sum(metrics, "endToEndLatencyMillis_count", job)).isEqualTo(20);
        assertThat(value(metrics, "endToEndLatencyMillis", job, "quantile=\"0.99\""))
            .isBetween(0.0, (double) PATIENCE.toMillis());
        assertHealth(metrics, job);
        String kernel = "kernelName=\"" + MultiHeadAttention.kernel().replace('-', '_') + "\"";
        assertThat(sum(metrics, "kernelName_kernelInUse", job, kernel)).isGreaterThan(0);
      }
      for (HeldInput input : List.of(oneGroup, twoGroups)) {
        completeWhatIsOpen(input);
      }
      for (String job : List.of("one", "two")) {
        await("the end of " + job, metrics -> sum(metrics, "sequencesCompleted", job) == 25);
        assertThat(sum(scrape(), "openSequences", job)).isZero();
        assertThat(sum(scrape(), "stateBytes", job)).isZero();
      }
      checkDashboard("one");
      checkDashboard("two");
      oneGroup.close();
      twoGroups.close();
      one.getJobExecutionResult().get();
      two.getJobExecutionResult().get();
    }
  }

  @Test
  void tokenModeHasTheSameNumbers() throws Exception {
    try (HeldInput input = new HeldInput("token")) {
      AttentionSettings settings = AttentionSettings.of(8, 2).withCausal(true).withTokenMode();
      JobClient job = start("token", input, settings);
      for (int sequence = 0; sequence < 5; sequence++) {
        input.write(token("s" + sequence, 0, "[1,2,3,4,5,6,7,8]"));
        input.write(token("s" + sequence, 2, "[1,2,3,4,5,6,7,8]")); // waits for position 1
      }
      await(
          "the first tokens",
          metrics ->
              sum(metrics, "tokensAnswered", "token") == 5
                  && sum(metrics, "openSequences", "token") == 5
                  && sum(metrics, "stateBytes", "token") > 5 * 4 * 8);
      // Keys and values of a position are 2 * 8 floats.
      assertThat(value(scrape(), "keyValueBytesPerToken", "token")).isEqualTo(64);
      assertThat(sum(scrape(), "keyValueBytes", "token")).isEqualTo(5 * 64);
      for (int sequence = 0; sequence < 5; sequence++) {
        input.write(token("s" + sequence, 1, "[1,2,3,4,5,6,7,8]"));
      }
      await("the rest", metrics -> sum(metrics, "tokensAnswered", "token") == 15);
      await("their ends", metrics -> sum(metrics, "sequencesCompleted", "token") == 5);
      List<String> metrics = scrape();
      assertThat(sum(metrics, "openSequences", "token")).isZero();
      assertThat(sum(metrics, "stateBytes", "token")).isZero();
      assertThat(sum(metrics, "keyValueBytes", "token")).isZero();
      assertThat(sum(metrics, "pageCacheHits", "token")).isEqualTo(5);
      assertThat(sum(metrics, "pageCacheMisses", "token")).isZero();
      assertThat(value(metrics, "pageCacheHitShare", "token")).isEqualTo(1);
      assertThat(sum(metrics, "headGroup_tokensAttended", "token", "headGroup=\"0\""))
          .isEqualTo(15);
      assertThat(sum(metrics, "endToEndLatencyMillis_count", "token")).isEqualTo(10);
      assertHealth(metrics, "token");
      checkDashboard("token");
      input.close();
      job.getJobExecutionResult().get();
    }
  }

  /** Of both heads, as gauges of the sampled sequences, which are all. */
  private static void assertHealth(List<String> metrics, String job) {
    for (int head = 0; head < 2; head++) {
      String of = "head=\"" + head + "\"";
      assertThat(value(metrics, "head_largestWeight", job, of)).isBetween(0.333, 1.0);
      assertThat(value(metrics, "head_entropyNats", job, of)).isBetween(0.0, Math.log(3));
      assertThat(value(metrics, "head_massOnFirstTokens", job, of)).isBetween(0.999, 1.001);
      assertThat(value(metrics, "head_meanDistance", job, of)).isBetween(0.0, 1.5);
    }
  }

  /** Every metric and every label of every query is in what the reporter says of a job. */
  private static void checkDashboard(String job) throws Exception {
    List<String> queries = dashboardQueries();
    assertThat(queries).hasSizeGreaterThan(15);
    // Flink's own come a little later than ours.
    await(
        "Flink's own metrics",
        metrics -> queries.stream().allMatch(query -> missing(query, job, metrics).isEmpty()));
    List<String> metrics = scrape();
    for (String query : queries) {
      assertThat(missing(query, job, metrics)).as(query).isEmpty();
    }
  }

  private static List<String> missing(String query, String job, List<String> metrics) {
    List<String> missing = new ArrayList<>();
    Matcher names = Pattern.compile("(flink_\\w+)(?:\\{([^}]*)})?").matcher(query);
    while (names.find()) {
      String name = names.group(1);
      List<String> needed = new ArrayList<>();
      Matcher by = Pattern.compile("by \\(([^)]*)\\)").matcher(query);
      while (by.find()) {
        needed.add(by.group(1) + "=\"");
      }
      String selector = names.group(2) == null ? "" : names.group(2);
      for (String label : selector.isEmpty() ? new String[0] : selector.split(",")) {
        needed.add(label.replace("=~\"$job\"", "=\"" + job + "\""));
      }
      if (metrics.stream()
          .noneMatch(
              line -> line.startsWith(name + "{") && needed.stream().allMatch(line::contains))) {
        missing.add(name + needed);
      }
    }
    return missing;
  }

  private static List<String> dashboardQueries() throws IOException {
    List<String> queries = new ArrayList<>();
    try (JsonParser json = new JsonFactory().createParser(DASHBOARD.toFile())) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token == JsonToken.VALUE_STRING && "expr".equals(json.currentName())) {
          queries.add(json.getText());
        }
      }
    }
    return queries;
  }

  /** 20 sequences of 3, one repeated and one conflicting token, 5 open ones, 7 bad records. */
  private static void writeRecords(HeldInput input) throws IOException {
    for (int sequence = 0; sequence < 20; sequence++) {
      for (int position = 0; position < 3; position++) {
        input.write(token("s" + sequence, position, "[1,2,3,4,5,6,7,%d]".formatted(position)));
        if (sequence == 7 && position == 0) {
          input.write(token("s7", 0, "[1,2,3,4,5,6,7,0]"));
          input.write(token("s7", 0, "[8,2,3,4,5,6,7,0]"));
        }
      }
    }
    for (int open = 0; open < 5; open++) {
      input.write(token("o" + open, 0, "[1,2,3,4,5,6,7,8]"));
    }
    for (int bad = 0; bad < 4; bad++) {
      input.write("not a record");
    }
    for (int bad = 0; bad < 3; bad++) {
      input.write(token("w", 0, "[1]"));
    }
  }

  /** All are completed, one of them after a token beyond its end. */
  private static void completeWhatIsOpen(HeldInput input) throws IOException {
    for (int open = 0; open < 5; open++) {
      input.write(token("o" + open, 1, "[1,2,3,4,5,6,7,8]"));
      input.write(token("o" + open, open == 4 ? 5 : 2, "[1,2,3,4,5,6,7,8]"));
    }
    input.write(token("o4", 2, "[1,2,3,4,5,6,7,8]"));
  }

  private static String token(String id, int position, String embedding) {
    return "{\"sequence_id\":\"%s\",\"position\":%d,\"embedding\":%s,\"last\":%b}"
        .formatted(id, position, embedding, position == 2);
  }

  private static JobClient start(String name, HeldInput input, AttentionSettings settings)
      throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    env.setParallelism(2);
    env.enableCheckpointing(200);
    new AttentionJob(
            input.source(new JsonTokenParser(8, false, false)),
            TokenEmbedding.OF_RECORD,
            AttentionLayer.seeded(1, settings).withAttentionMaps(new AttentionSample(Set.of(), 1)),
            new DiscardingSink<>(),
            new DiscardingSink<>())
        .build(env);
    return env.executeAsync(name);
  }

  private static void await(String what, Predicate<List<String>> happened) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    List<String> metrics = scrape();
    while (!happened.test(metrics)) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            "waited in vain for " + what + " in\n" + String.join("\n", metrics));
      }
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
      metrics = scrape();
    }
  }

  private static List<String> scrape() {
    try (InputStream body =
        URI.create("http://localhost:" + PORT + "/metrics").toURL().openStream()) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double sum(List<String> metrics, String name, String job, String... labels) {
    return matching(metrics, name, job, labels).stream().mapToDouble(MetricsITCase::number).sum();
  }

  private static double value(List<String> metrics, String name, String job, String... labels) {
    return matching(metrics, name, job, labels).stream()
        .mapToDouble(MetricsITCase::number)
        .filter(Double::isFinite)
        .max()
        .orElseThrow();
  }

  private static List<String> matching(
      List<String> metrics, String name, String job, String... labels) {
    return metrics.stream()
        .filter(line -> line.startsWith(PREFIX + name + "{"))
        .filter(line -> line.contains("job_name=\"" + job + "\""))
        .filter(line -> List.of(labels).stream().allMatch(line::contains))
        .toList();
  }

  private static double number(String line) {
    return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
  }

  private static Configuration reporter() {
    Configuration configuration = new Configuration();
    configuration.setString(
        "metrics.reporter.prom.factory.class",
        "org.apache.flink.metrics.prometheus.PrometheusReporterFactory");
    configuration.setString("metrics.reporter.prom.port", String.valueOf(PORT));
    return configuration;
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
