package io.headstream.job.app.options;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SslConfigs;

/**
 * Values that nobody may read in a message: those of properties that Kafka hides, and of all that
 * it may not know.
 */
public final class Secrets {
  /** No secrets at all. */
  public static final Secrets NONE = new Secrets(List.of());

  private static final String HIDDEN = "[hidden]";

  /** Short words would hide half of any message, and are no secrets. */
  private static final int SHORTEST = 4;

  private static final Pattern SECRET_KEY =
      Pattern.compile(".*(password|secret|jaas|token|credential|\\.key$|keystore|user\\.info).*");

  /** What Kafka's clients know, each with its type. */
  private static final Map<String, ConfigDef.ConfigKey> KNOWN = new HashMap<>();

  static {
    KNOWN.putAll(AdminClientConfig.configDef().configKeys());
    KNOWN.putAll(ConsumerConfig.configDef().configKeys());
    KNOWN.putAll(ProducerConfig.configDef().configKeys());
  }

  /** Hidden by Kafka, because they may be beside a key in one file, but meant to be shown. */
  private static final Set<String> CERTIFICATES =
      Set.of(
          SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG,
          SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG);

  /** What a provider of Kafka's puts in the place of, such as {@code ${file:/a/b:password}}. */
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{[^}:]+:[^}]+}");

  /**
   * In {@code a.LoginModule required username="u" password="p q";}: what quotes hold, and words.
   */
  private static final Pattern PART = Pattern.compile("\"([^\"]*)\"|([^\\s=\";]+)");

  /** The words of a JAAS configuration that say nothing. */
  private static final Set<String> PLAIN_WORDS =
      Set.of("required", "requisite", "sufficient", "optional", "username", "password");

  private final List<String> values;

  private Secrets(List<String> values) {
    this.values = values;
  }

  /**
   * Whether a property is one that nobody may read. A value that only says where the secret is to
   * be found is none.
   */
  static boolean isSecret(String key, String value) {
    return isSecret(key) && !REFERENCE.matcher(value).find();
  }

  /** Kafka takes it for a password, or does not know it and its name says so. */
  private static boolean isSecret(String key) {
    ConfigDef.ConfigKey known = KNOWN.get(key);
    return known == null
        ? SECRET_KEY.matcher(key).matches()
        : known.type() == ConfigDef.Type.PASSWORD && !CERTIFICATES.contains(key);
  }

  /** The secrets among the clients' properties. */
  public static Secrets of(Map<String, String> clients) {
    List<String> values = new ArrayList<>();
    clients.forEach(
        (key, value) -> {
          if (isSecret(key)) {
            values.add(value);
            value.lines().forEach(values::add); // of a key; a log has them on lines of their own
            addParts(value, values);
          }
        });
    values.removeIf(value -> value.length() < SHORTEST);
    // The longest first, so that no part of it stays behind.
    values.sort(Comparator.comparingInt(String::length).reversed());
    return new Secrets(values);
  }

  /**
   * A message may repeat a part of a value, and any part of one that was typed wrong may be the
   * secret; but the first word is a class.
   */
  private static void addParts(String value, List<String> values) {
    Matcher parts = PART.matcher(value);
    parts.find();
    while (parts.find()) {
      String part = parts.group(1) != null ? parts.group(1) : parts.group(2);
      if (!PLAIN_WORDS.contains(part)) {
        values.add(part);
      }
    }
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return values.isEmpty();
  }

  /** The text without the secrets. */
  public String hide(String text) {
    String hidden = text;
    for (String value : values) {
      hidden = hidden.replace(value, HIDDEN);
    }
    return hidden;
  }
}
