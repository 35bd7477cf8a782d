package io.headstream.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A cluster under {@code conf/tls.yaml}, with keystores made by the command that it names. */
class TlsE2E {
  private static Path restStore;

  @RegisterExtension
  static final ClusterExtension EXTENSION =
      new ClusterExtension(2)
          .with("tls.yaml")
          .with(
              folder -> {
                Path internal = Keystores.make(folder.resolve("internal.p12"));
                restStore = Keystores.make(folder.resolve("rest.p12"));
                return new ClusterExtension.Companion(
                    () -> {},
                    Map.of(
                        "security.ssl.internal.keystore", internal.toString(),
                        "security.ssl.internal.truststore", internal.toString(),
                        "security.ssl.rest.keystore", restStore.toString(),
                        "security.ssl.rest.truststore", restStore.toString()));
              });

  private final StandaloneCluster cluster = EXTENSION.cluster();

  @Test
  void theBytesAreTheLibrarys() throws Exception {
    Workload workload = new Workload(EXTENSION.newFolder("files"));
    Path output = EXTENSION.newFolder("answers").resolve("tls");
    cluster.awaitFinished(cluster.submit(4, workload.options("file", "sequence", output)));
    workload.assertSameBytes(output);
  }

  @Test
  void whoHasNoCertificateAsksInVain() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(cluster.rest().address() + "/overview")).build();
    HttpClient with =
        HttpClient.newBuilder().sslContext(Keystores.context(restStore, true)).build();
    assertThat(with.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    HttpClient without =
        HttpClient.newBuilder().sslContext(Keystores.context(restStore, false)).build();
    assertThatThrownBy(() -> without.send(request, BodyHandlers.ofString()))
        .isInstanceOf(IOException.class);
    URI plain = URI.create(cluster.rest().address().replace("https:", "http:") + "/overview");
    HttpResponse<String> sentAway =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(plain).build(), BodyHandlers.ofString());
    assertThat(sentAway.statusCode() / 100).isEqualTo(3);
    assertThat(sentAway.headers().firstValue("Location"))
        .hasValueSatisfying(location -> assertThat(location).startsWith("https:"));
    assertThat(sentAway.body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"jobmanager.rpc.port", "blob.server.port"})
  void whoHasNoCertificateOfTheClustersSaysNothingToItsProcesses(String port) throws Exception {
    // A certificate, but another one than the cluster's own.
    SSLContext stranger = Keystores.context(restStore, true, true);
    int number = Integer.parseInt(cluster.option(port));
    assertThatThrownBy(
            () -> {
              try (SSLSocket socket =
                  (SSLSocket)
                      stranger
                          .getSocketFactory()
                          .createSocket(InetAddress.getLoopbackAddress(), number)) {
                socket.setSoTimeout(20_000);
                socket.startHandshake();
                socket.getOutputStream().write(0);
                socket.getOutputStream().flush();
                // TLS 1.3 tells a client only then that its certificate is refused.
                if (socket.getInputStream().read() < 0) {
                  throw new IOException("hung up");
                }
              }
            })
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(java.net.SocketTimeoutException.class);
  }
}
