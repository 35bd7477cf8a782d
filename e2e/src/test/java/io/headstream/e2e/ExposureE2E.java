package io.headstream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.e2e.hostile.Trap;
import io.headstream.job.PartFiles;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a stranger finds of a cluster that is configured by {@code conf/config.yaml}. */
class ExposureE2E {
  @RegisterExtension static final ClusterExtension EXTENSION = new ClusterExtension(1);

  private final StandaloneCluster cluster = EXTENSION.cluster();

  @Test
  void everyPortIsOnTheLoopbackInterface() throws Exception {
    List<FlinkProcess> processes = new ArrayList<>(cluster.taskManagers());
    processes.add(cluster.jobManager());
    for (FlinkProcess process : processes) {
      List<InetAddress> listening = ListeningSockets.of(process.pid());
      EXTENSION.timeline().note("%s listens on %s", process.name(), listening);
      assertThat(listening).isNotEmpty().allMatch(InetAddress::isLoopbackAddress);
    }
  }

  @Test
  void nobodyUploadsAJar() throws Exception {
    String jar =
        "--x\r\nContent-Disposition: form-data; name=\"jarfile\"; filename=\"stranger.jar\"\r\n"
            + "Content-Type: application/x-java-archive\r\n\r\nPK\r\n--x--\r\n";
    HttpResponse<String> refused =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(cluster.rest().address() + "/jars/upload"))
                    .header("Content-Type", "multipart/form-data; boundary=x")
                    .POST(BodyPublishers.ofString(jar))
                    .build(),
                BodyHandlers.ofString());
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
    assertThat(refused.body()).contains("POST request not allowed");
    try (Stream<Path> files = Files.walk(cluster.temporary())) {
      assertThat(files).noneMatch(file -> file.toString().contains("stranger"));
    }
  }

  @Test
  void aPageOfAnotherSiteReadsNothing() throws Exception {
    HttpResponse<String> response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(cluster.rest().address() + "/overview"))
                    .header("Origin", "http://example.com")
                    .build(),
                BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Access-Control-Allow-Origin"))
        .hasValueSatisfying(origin -> assertThat(origin).startsWith("http://localhost"));
  }

  @Test
  void noRecordReachesJavaDeserialization() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new ObjectOutputStream(bytes).writeObject(new Trap());
    byte[] trap = bytes.toByteArray();
    String base64 = Base64.getEncoder().encodeToString(trap);
    String name = Trap.class.getName();

    Path input = EXTENSION.newFolder("hostile");
    Files.write(input.resolve("trap.ser"), trap);
    String[] ends = {
      "\"position\":0,\"embedding_f32\":\"" + base64 + "\"}",
      "\"position\":0,\"embedding\":[\"" + name + "\",{\"sprung\":true}]}",
      "\"position\":0,\"embedding\":{\"@class\":\"" + name + "\",\"sprung\":true}}",
      "\"position\":{\"@type\":\"" + name + "\",\"sprung\":true},\"embedding\":[1,2,3,4]}",
      "\"@class\":\"" + name + "\",\"sprung\":true}",
    };
    List<String> lines = new ArrayList<>();
    for (String end : ends) {
      lines.add("{\"sequence_id\":\"hostile\"," + end);
    }
    lines.add("!!" + name + " {sprung: true}");
    lines.add("rO0ABX" + base64);
    Files.write(input.resolve("lines.jsonl"), lines);
    // Taken as what it is: text.
    Files.writeString(
        input.resolve("good.jsonl"),
        "{\"sequence_id\":\"%s\",\"position\":0,\"label\":\"%s\",\"embedding\":[1,2,3,4]}%n"
            .formatted(base64.substring(0, 40), base64));
    Path output = EXTENSION.newFolder("answers").resolve("hostile");
    cluster.awaitFinished(
        cluster.submit(
            2,
            "--input",
            input.toString(),
            "--output",
            output.toString(),
            "--model-dim",
            "4",
            "--heads",
            "2"));

    assertThat(PartFiles.lines(output)).hasSize(1).allMatch(line -> line.contains(base64));
    assertThat(PartFiles.lines(output.resolveSibling("hostile-dead-letters")))
        .hasSizeGreaterThan(lines.size());
    assertThat(cluster.trap()).doesNotExist();
    // And the trap is one.
    System.setProperty("e2e.pace", cluster.trap().getParent().toString());
    new ObjectInputStream(new ByteArrayInputStream(trap)).readObject();
    assertThat(cluster.trap()).exists();
  }
}
