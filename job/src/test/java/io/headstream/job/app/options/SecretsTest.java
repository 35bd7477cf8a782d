package io.headstream.job.app.options;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SecretsTest {

  @Test
  void hidesWholeValuesAndTheirParts() {
    Secrets secrets =
        Secrets.of(
            Map.of(
                "ssl.keystore.password", "changeit",
                "sasl.jaas.config",
                    "a.Module required username=\"alice\" password=\"wonder land\";",
                "sasl.oauthbearer.client.credentials.client.secret", "s3cr3t",
                "ssl.keystore.key", "-----BEGIN",
                "bootstrap.servers", "host:9092"));

    assertThat(secrets.hide("host:9092 says changeit, wonder land, s3cr3t and -----BEGIN"))
        .isEqualTo("host:9092 says [hidden], [hidden], [hidden] and [hidden]");
    assertThat(secrets.hide("bad: a.Module required username=\"alice\" password=\"wonder land\";"))
        .isEqualTo("bad: [hidden]");
  }

  @Test
  void hidesEveryPartOfAConfigurationThatWasTypedWrong() {
    Secrets secrets =
        Secrets.of(Map.of("sasl.jaas.config", "a.LoginModule hunter2 password=s3cr3t"));

    assertThat(secrets.hide("flag 'hunter2' of a.LoginModule, not required: s3cr3t; password"))
        .isEqualTo("flag '[hidden]' of a.LoginModule, not required: [hidden]; password");
  }

  @Test
  void aShortWordHidesNothing() {
    assertThat(Secrets.of(Map.of("ssl.key.password", "a")).hide("a Kafka broker"))
        .isEqualTo("a Kafka broker");
  }
}
