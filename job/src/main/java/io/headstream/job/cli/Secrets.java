package io.headstream.job.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Values that nobody may read in a message: those of properties that Kafka hides, and of all that
 * it may not know.
 */
final class Secrets {
  private static final String HIDDEN = "[hidden]";

  /** Short words would hide half of any message, and are no secrets. */
  private static final int SHORTEST = 4;

  private static final Pattern SECRET_KEY =
      Pattern.compile(".*(password|secret|jaas|token|credential|\\.key$|keystore|user\\.info).*");

  /** The values inside a JAAS configuration: {@code password="..."}. */
  private static final Pattern VALUE = Pattern.compile("=\\s*(?:\"([^\"]*)\"|([^\\s;\"]+))");

  private final List<String> values;

  private Secrets(List<String> values) {
    this.values = values;
  }

  /** The secrets among the clients' properties. */
  static Secrets of(Map<String, String> clients) {
    List<String> values = new ArrayList<>();
    clients.forEach(
        (key, value) -> {
          if (SECRET_KEY.matcher(key).matches()) {
            values.add(value);
            Matcher parts = VALUE.matcher(value);
            while (parts.find()) {
              values.add(parts.group(1) != null ? parts.group(1) : parts.group(2));
            }
          }
        });
    values.removeIf(value -> value.length() < SHORTEST);
    // The longest first, so that no part of it stays behind.
    values.sort(Comparator.comparingInt(String::length).reversed());
    return new Secrets(values);
  }

  /** The text without the secrets. */
  String hide(String text) {
    String hidden = text;
    for (String value : values) {
      hidden = hidden.replace(value, HIDDEN);
    }
    return hidden;
  }
}
