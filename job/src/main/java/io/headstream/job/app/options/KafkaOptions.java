package io.headstream.job.app.options;

import io.headstream.job.app.kafka.Delivery;
import io.headstream.job.app.kafka.StartFrom;
import picocli.CommandLine.Option;

/** How topics are read and written. */
final class KafkaOptions {
  /** For {@code --help} alone: {@link KafkaArguments} takes these before the others are read. */
  @StateDepends(false)
  @Option(
      names = KafkaArguments.PREFIX + "KEY",
      paramLabel = "VALUE",
      description =
          "passed to the Kafka clients as KEY (--kafka.bootstrap.servers, --kafka.group.id, security"
              + " settings, ...); --kafka.transactional.id is how transactional IDs begin. Default:"
              + " none")
  String client;

  @StateDepends(false)
  @Option(
      names = KafkaProperties.OPTION,
      paramLabel = "FILE",
      description =
          "further properties of the Kafka clients, KEY=VALUE a line without --kafka., read where"
              + " the job is started from (in application mode: by the JobManager). On a cluster"
              + " passwords and keys have to stand there. Default: none")
  String properties;

  @StateDepends(false)
  @Option(
      names = "--from",
      paramLabel = "earliest|latest|committed",
      defaultValue = "earliest",
      converter = Values.From.class,
      description =
          "where a Kafka input starts; committed: where the group has committed nothing, at the"
              + " earliest. Default: ${DEFAULT-VALUE}")
  StartFrom from;

  @StateDepends(true)
  @Option(
      names = "--until",
      paramLabel = "latest",
      converter = Values.Until.class,
      description =
          "a Kafka input ends at what are its latest records at the start. Default: unbounded")
  String until;

  @StateDepends(true)
  @Option(
      names = "--delivery",
      paramLabel = "exactly-once|at-least-once",
      defaultValue = "exactly-once",
      converter = Values.DeliveryWord.class,
      description =
          "exactly-once: into topics in transactions, visible with each checkpoint to who reads"
              + " read_committed. at-least-once: visible at once, and after a failure some again."
              + " Default: ${DEFAULT-VALUE}")
  Delivery delivery;
}
