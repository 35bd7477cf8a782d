package io.headstream.job.app.options;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * The arguments {@code --kafka.KEY VALUE} and {@code --kafka.KEY=VALUE} apart from all others,
 * because there are as many keys as Kafka's clients know.
 *
 * <p>A value may be a secret, so no message here repeats one.
 *
 * @param clients the clients' properties
 * @param others all other arguments, in their order
 */
record KafkaArguments(Map<String, String> clients, List<String> others) {
  static final String PREFIX = "--kafka.";

  /** What the job depends on, so that it cannot be left to the user. */
  static final Set<String> NOT_FREE =
      Set.of(
          ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
          ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
          ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
          ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
          ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
          // A sequence's records stay in order because its ID picks their partition.
          ProducerConfig.PARTITIONER_CLASS_CONFIG,
          ProducerConfig.PARTITIONER_IGNORE_KEYS_CONFIG,
          // Fewer acknowledgements would lose records when a broker dies.
          ProducerConfig.ACKS_CONFIG,
          ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG);

  /** How an option begins; a value may begin with dashes too, as a PEM key does. */
  private static final Pattern OPTION = Pattern.compile("--[A-Za-z]");

  static KafkaArguments of(String... arguments) {
    Map<String, String> clients = new LinkedHashMap<>();
    List<String> others = new ArrayList<>();
    for (int i = 0; i < arguments.length; i++) {
      String argument = arguments[i];
      if (!argument.startsWith(PREFIX)) {
        others.add(argument);
        continue;
      }
      int equals = argument.indexOf('=');
      String option = equals < 0 ? argument : argument.substring(0, equals);
      String value;
      if (equals >= 0) {
        value = argument.substring(equals + 1);
      } else if (i + 1 < arguments.length && !OPTION.matcher(arguments[i + 1]).lookingAt()) {
        value = arguments[++i];
      } else {
        throw new UsageException(option + ": its value is missing, expected " + option + " VALUE");
      }
      add(option, value, clients);
    }
    return new KafkaArguments(Map.copyOf(clients), List.copyOf(others));
  }

  private static void add(String option, String value, Map<String, String> clients) {
    String key = option.substring(PREFIX.length());
    if (key.isBlank()) {
      throw new UsageException(option + ": its key is missing, expected " + PREFIX + "KEY VALUE");
    }
    if (NOT_FREE.contains(key)) {
      throw new UsageException(option + ": not to be set, Headstream decides it");
    }
    if (clients.put(key, value) != null) {
      throw new UsageException(option + ": given more than once, expected once");
    }
  }
}
