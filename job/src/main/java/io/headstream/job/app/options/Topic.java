package io.headstream.job.app.options;

import java.util.Optional;
import java.util.regex.Pattern;

/** A Kafka topic that an option names as {@code kafka:TOPIC}. */
public record Topic(String option, String name) {
  private static final String SCHEME = "kafka:";

  /** What Kafka allows, but for the names of folders. */
  private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[a-zA-Z0-9._-]{1,249}");

  /**
   * The topic, or empty where the URI is of something else.
   *
   * @throws UsageException if there cannot be such a topic
   */
  public static Optional<Topic> of(String option, String uri) {
    if (uri == null || !uri.startsWith(SCHEME)) {
      return Optional.empty();
    }
    Topic topic = new Topic(option, uri.substring(SCHEME.length()));
    if (!NAME.matcher(topic.name).matches()) {
      throw UsageException.unexpected(
          option, uri, "kafka:TOPIC, a topic of at most 249 letters, digits, '.', '_' and '-'");
    }
    return Optional.of(topic);
  }

  /** As the user writes it. */
  @Override
  public String toString() {
    return SCHEME + name;
  }
}
