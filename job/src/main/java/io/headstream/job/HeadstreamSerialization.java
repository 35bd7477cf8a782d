package io.headstream.job;

import io.headstream.job.records.AttentionMap;
import io.headstream.job.records.AttentionRow;
import io.headstream.job.records.Block;
import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.HeadKey;
import io.headstream.job.records.ReadRecord;
import io.headstream.job.records.Token;
import io.headstream.job.serialization.FloatArrayKryoSerializer;
import io.headstream.job.serialization.RecordKryoSerializer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Makes Headstream's records, and float arrays, travel fast inside the records of others that Flink
 * gives to Kryo.
 *
 * <p>Streams of the records themselves need nothing of this: Flink finds their serializers by
 * {@code @TypeInfo}. It is for a type that holds, say, a {@code Token} in a field whose class Flink
 * cannot see through. Float arrays are registered with Kryo alone: where Flink writes a {@code
 * float[]} without Kryo, as a stream's type or a POJO's field, all stays as it was.
 *
 * <p>What Kryo wrote into state without these registrations it cannot read with them, so register
 * from a job's first day on.
 */
public final class HeadstreamSerialization {

  /** Everything that Kryo is told about. */
  private static final List<Class<?>> TYPES =
      List.of(
          float[].class,
          Token.class,
          DeadLetter.class,
          ReadRecord.class,
          HeadKey.class,
          Block.class,
          AttentionMap.class,
          AttentionRow.class);

  /**
   * What {@link #register} sets, as lines for {@code conf/config.yaml}. Only for a cluster all of
   * whose jobs have Headstream on their class path: Flink refuses to make a job whose class path
   * lacks one of the classes.
   */
  public static final String YAML =
      TYPES.stream()
          .map(type -> "    - " + entry(type) + "\n")
          .collect(Collectors.joining("", "pipeline:\n  serialization-config:\n", ""));

  private HeadstreamSerialization() {}

  /**
   * Adds the registrations to {@code pipeline.serialization-config}, behind what is there. A type
   * that the option names already keeps what it says.
   *
   * @param configuration is changed
   */
  public static void register(Configuration configuration) {
    List<String> present =
        configuration.getOptional(PipelineOptions.SERIALIZATION_CONFIG).orElse(List.of());
    configuration.set(PipelineOptions.SERIALIZATION_CONFIG, withOurs(present));
  }

  /**
   * The same for an environment that exists already; nothing happens where its configuration has
   * the registrations. Call it before the first stream is made.
   *
   * @param environment is changed
   * @throws IllegalArgumentException when its configuration has entries of the type {@code
   *     typeinfo}, which Flink does not read a second time: there, {@link #register} before the
   *     environment is made
   */
  public static void applyTo(StreamExecutionEnvironment environment) {
    List<String> present =
        environment
            .getConfiguration()
            .getOptional(PipelineOptions.SERIALIZATION_CONFIG)
            .orElse(List.of());
    List<String> entries = withOurs(present);
    if (!entries.equals(present)) {
      environment.configure(new Configuration().set(PipelineOptions.SERIALIZATION_CONFIG, entries));
    }
  }

  private static List<String> withOurs(List<String> present) {
    List<String> entries = new ArrayList<>(present);
    for (Class<?> type : TYPES) {
      if (present.stream().noneMatch(entry -> names(entry, type))) {
        entries.add(entry(type));
      }
    }
    return entries;
  }

  private static boolean names(String entry, Class<?> type) {
    return Stream.of("%s:", "'%s':", "\"%s\":", "{%s:", "{'%s':", "{\"%s\":")
        .anyMatch(form -> entry.strip().startsWith(form.formatted(type.getName())));
  }

  private static String entry(Class<?> type) {
    Class<?> serializer =
        type == float[].class ? FloatArrayKryoSerializer.class : RecordKryoSerializer.class;
    // An unquoted [F would be the beginning of a YAML list.
    String name = type.isArray() ? "'" + type.getName() + "'" : type.getName();
    return "%s: {type: kryo, kryo-type: registered, class: %s}"
        .formatted(name, serializer.getName());
  }
}
