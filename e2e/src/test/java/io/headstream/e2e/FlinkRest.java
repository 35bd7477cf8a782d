package io.headstream.e2e;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;

/** Asks a JobManager. */
final class FlinkRest {
  private static final Set<String> ENDED = Set.of("FINISHED", "FAILED", "CANCELED");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client;
  private final String address;

  /**
   * A JobManager on this machine.
   *
   * @param tls for a JobManager that speaks TLS, else null
   */
  FlinkRest(int port, SSLContext tls) {
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5));
    this.client = (tls == null ? builder : builder.sslContext(tls)).build();
    this.address = (tls == null ? "http" : "https") + "://localhost:" + port;
  }

  /** Where it answers, without a slash at the end. */
  String address() {
    return address;
  }

  /** The answer to GET, such as {@code /jobs/ID}. */
  JsonNode get(String path) throws IOException, InterruptedException {
    return send("GET", path, BodyPublishers.noBody());
  }

  /** The answer to another method, with JSON as its body. */
  JsonNode send(String method, String path, String json) throws IOException, InterruptedException {
    return send(method, path, BodyPublishers.ofString(json));
  }

  private JsonNode send(String method, String path, BodyPublisher body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address + path))
            .timeout(Duration.ofSeconds(30))
            .header("Content-Type", "application/json")
            .method(method, body)
            .build();
    HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
    if (response.statusCode() / 100 != 2) {
      throw new IOException(path + ": " + response.statusCode() + " " + response.body());
    }
    return JSON.readTree(response.body());
  }

  /** What GET brings, whatever it is. */
  String text(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address + path)).timeout(Duration.ofSeconds(30)).build();
    return client.send(request, BodyHandlers.ofString()).body();
  }

  /** How many TaskManagers are there; -1 while nobody answers. */
  int taskManagers() throws InterruptedException {
    try {
      return get("/overview").path("taskmanagers").asInt();
    } catch (IOException e) {
      return -1;
    }
  }

  /** The state of a job, such as {@code RUNNING}. */
  String state(String jobId) throws IOException, InterruptedException {
    return get("/jobs/" + jobId).path("state").asText();
  }

  /** Whether each task of a job runs or has finished, in a run that began after a moment. */
  boolean allTasksRun(String jobId, long since) throws InterruptedException {
    try {
      JsonNode job = get("/jobs/" + jobId);
      if (!job.path("state").asText().equals("RUNNING")
          || job.path("timestamps").path("RUNNING").asLong() < since) {
        return job.path("state").asText().equals("FINISHED");
      }
      for (JsonNode vertex : job.path("vertices")) {
        JsonNode tasks = vertex.path("tasks");
        int running = tasks.path("RUNNING").asInt() + tasks.path("FINISHED").asInt();
        if (running != vertex.path("parallelism").asInt()) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      return false; // the JobManager is away, or does not know the job again yet
    }
  }

  /** The newest completed checkpoint that can be restored from; null while there is none. */
  String checkpoint(String jobId) throws IOException, InterruptedException {
    JsonNode path =
        get("/jobs/" + jobId + "/checkpoints")
            .path("latest")
            .path("completed")
            .path("external_path");
    return path.isTextual() ? path.asText() : null;
  }

  /** How many checkpoints of a job have come to an end, {@code completed} or {@code failed}. */
  int checkpoints(String jobId, String end) throws IOException, InterruptedException {
    return get("/jobs/" + jobId + "/checkpoints").path("counts").path(end).asInt();
  }

  /** How often a job was restored from a snapshot, as its JobManager counts. */
  int restored(String jobId) throws IOException, InterruptedException {
    return get("/jobs/" + jobId + "/checkpoints").path("counts").path("restored").asInt();
  }

  /** Waits until a job has ended and gives its last state. */
  String end(String jobId, Duration limit) throws Exception {
    return Await.value("the end of job " + jobId, limit, () -> state(jobId), ENDED::contains);
  }

  /** Why a job failed, for reports. */
  String exceptions(String jobId) throws IOException, InterruptedException {
    return get("/jobs/" + jobId + "/exceptions").toPrettyString();
  }
}
