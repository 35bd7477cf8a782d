package io.headstream.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Certificates that processes show each other. */
final class Keystores {
  private static final String PASSWORD = "CHANGE-ME"; // what conf/tls.yaml says

  private Keystores() {}

  /**
   * A key pair with a certificate that it has signed itself, made as {@code conf/tls.yaml} says.
   */
  static Path make(Path file) throws IOException, InterruptedException {
    Command.run(
        ("keytool -genkeypair -alias flink -keystore %s -storetype PKCS12 -storepass %s"
                + " -keyalg RSA -keysize 3072 -validity 3650 -dname CN=headstream"
                + " -ext san=dns:localhost,ip:127.0.0.1")
            .formatted(file, PASSWORD)
            .split(" "));
    return file;
  }

  /** A context that trusts a store's certificate, and shows it or none. */
  static SSLContext context(Path store, boolean shown)
      throws IOException, GeneralSecurityException {
    return context(store, shown, false);
  }

  /** The same, but one that may trust whoever answers. */
  static SSLContext context(Path store, boolean shown, boolean trustsAll)
      throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream stream = Files.newInputStream(store)) {
      keys.load(stream, PASSWORD.toCharArray());
    }
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, PASSWORD.toCharArray());
    TrustManagerFactory trusted =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusted.init(keys);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        shown ? own.getKeyManagers() : new KeyManager[0],
        trustsAll ? new TrustManager[] {new TrustsAll()} : trusted.getTrustManagers(),
        null);
    return context;
  }

  private static final class TrustsAll implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
