package io.headstream.job.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  /** The secrets among the clients' properties. */
  static Secrets of(Map<String, String> clients) {
    List<String> values = new ArrayList<>();
    clients.forEach(
        (key, value) -> {
          if (SECRET_KEY.matcher(key).matches()) {
            values.add(value);
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

  /** The text without the secrets. */
  String hide(String text) {
    String hidden = text;
    for (String value : values) {
      hidden = hidden.replace(value, HIDDEN);
    }
    return hidden;
  }
}
