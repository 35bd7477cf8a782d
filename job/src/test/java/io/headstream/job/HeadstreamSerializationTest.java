package io.headstream.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.esotericsoftware.kryo.Kryo;
import io.headstream.job.records.RandomRecords;
import io.headstream.job.records.SameBits;
import io.headstream.job.records.Token;
import io.headstream.job.serialization.FloatArrayKryoSerializer;
import io.headstream.job.serialization.RecordKryoSerializer;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.runtime.kryo.KryoSerializer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class HeadstreamSerializationTest {

  /** A user's own record; Flink cannot see what the list and the optional hold. */
  public static class Visit {
    public String page;
    public List<Object> tokens;
    public Optional<Token> best;
    public Object weights;
  }

  @Test
  void linesOfYamlSayTheSameAsRegister(@TempDir Path conf) throws IOException {
    Files.writeString(
        conf.resolve("config.yaml"), "parallelism:\n  default: 2\n" + HeadstreamSerialization.YAML);
    Configuration loaded = GlobalConfiguration.loadConfiguration(conf.toString());
    Configuration registered = new Configuration();
    HeadstreamSerialization.register(registered);

    assertThat(registered(config(loaded))).isEqualTo(expected());
    assertThat(registered(config(registered))).isEqualTo(expected());

    HeadstreamSerialization.register(loaded);
    assertThat(registered(config(loaded))).as("registered once more").isEqualTo(expected());
  }

  @Test
  void environmentKnowsOurSerializers() {
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(new Configuration());
    HeadstreamSerialization.applyTo(environment);
    HeadstreamSerialization.applyTo(environment);
    assertThat(registered(environment.getConfig().getSerializerConfig())).isEqualTo(expected());
  }

  @Test
  void whatTheUserSaysStays() {
    String theirs = Token.class.getName() + ": {type: kryo}";
    String other = "java.util.BitSet: {type: kryo}";
    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.SERIALIZATION_CONFIG, List.of(theirs, other));
    HeadstreamSerialization.register(configuration);
    HeadstreamSerialization.register(configuration);
    assertThat(configuration.get(PipelineOptions.SERIALIZATION_CONFIG))
        .startsWith(theirs, other)
        .doesNotHaveDuplicates()
        .hasSize(RandomRecords.TYPES.size() + 2);
    assertThat(registered(config(configuration))).hasSameSizeAs(RandomRecords.TYPES);
  }

  @Test
  void fieldsOfAUsersRecordGoThroughOurs() throws IOException {
    SerializerConfig config = config();
    for (long seed = 0; seed < 50; seed++) {
      RandomRecords records = new RandomRecords(seed);
      Visit visit = new Visit();
      visit.page = "p" + seed;
      visit.tokens = new ArrayList<>();
      RandomRecords.TYPES.forEach(type -> visit.tokens.add(records.next(type)));
      visit.best = Optional.of(records.next(Token.class));
      visit.weights = records.next(Token.class).embedding();

      TypeSerializer<Visit> serializer = TypeInformation.of(Visit.class).createSerializer(config);
      for (Visit read : List.of(roundTrip(serializer, visit), serializer.copy(visit))) {
        assertThat(read.page).isEqualTo(visit.page);
        assertThat(SameBits.same(read.tokens, visit.tokens)).as("seed %d", seed).isTrue();
        assertThat(SameBits.same(read.best.get(), visit.best.get())).as("seed %d", seed).isTrue();
        assertThat(SameBits.same(read.weights, visit.weights)).as("seed %d", seed).isTrue();
      }
    }
  }

  @ParameterizedTest
  @FieldSource("io.headstream.job.records.RandomRecords#TYPES")
  void kryoUsesOurs(Class<?> type) throws IOException {
    assertThat(kryo(type).getSerializer(type)).isInstanceOf(RecordKryoSerializer.class);
    for (long seed = 0; seed < 50; seed++) {
      Object value = new RandomRecords(seed).next(type);
      assertThat(SameBits.same(roundTrip(kryoSerializer(type), value), value))
          .as("seed %d", seed)
          .isTrue();
    }
  }

  @Test
  void kryoWritesFloatArraysInBulk() throws IOException {
    assertThat(kryo(float[].class).getSerializer(float[].class))
        .isInstanceOf(FloatArrayKryoSerializer.class);
    float[] values = new float[100_000];
    Random random = new Random(5);
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.intBitsToFloat(random.nextInt());
    }
    Object read = roundTrip(kryoSerializer(float[].class), values);
    assertThat(SameBits.same(read, values)).isTrue();
  }

  @Test
  void flinksOwnFloatArraysStayAsTheyWere() {
    assertThat(TypeInformation.of(float[].class))
        .isEqualTo(PrimitiveArrayTypeInfo.FLOAT_PRIMITIVE_ARRAY_TYPE_INFO);
    assertThat(TypeInformation.of(float[].class).createSerializer(config()))
        .isEqualTo(
            PrimitiveArrayTypeInfo.FLOAT_PRIMITIVE_ARRAY_TYPE_INFO.createSerializer(
                new SerializerConfigImpl()));
  }

  @Test
  void endOfTheInputIsAnEofForFlink() throws IOException {
    TypeSerializer<Object> serializer = kryoSerializer(Token.class);
    DataOutputSerializer target = new DataOutputSerializer(64);
    serializer.serialize(Token.of("a", 0, new float[100], false), target);
    for (int length = 0; length < target.length(); length++) {
      DataInputDeserializer source = new DataInputDeserializer(target.getSharedBuffer(), 0, length);
      assertThatThrownBy(() -> serializer.deserialize(source))
          .as("%d bytes", length)
          .isInstanceOf(EOFException.class);
    }
  }

  /** Through the very buffers that Flink uses, twice, since Kryo keeps state between records. */
  private static <T> T roundTrip(TypeSerializer<T> serializer, T value) throws IOException {
    DataOutputSerializer target = new DataOutputSerializer(64);
    serializer.serialize(value, target);
    serializer.serialize(value, target);
    DataInputDeserializer source = new DataInputDeserializer(target.getCopyOfBuffer());
    serializer.deserialize(source);
    T read = serializer.deserialize(source);
    assertThat(source.available()).isZero();
    return read;
  }

  @SuppressWarnings("unchecked") // Of the type that it is asked for.
  private static TypeSerializer<Object> kryoSerializer(Class<?> type) {
    return (TypeSerializer<Object>) (TypeSerializer<?>) new KryoSerializer<>(type, config());
  }

  private static Kryo kryo(Class<?> type) {
    return new KryoSerializer<>(type, config()).getKryo();
  }

  private static SerializerConfig config() {
    Configuration configuration = new Configuration();
    HeadstreamSerialization.register(configuration);
    return config(configuration);
  }

  private static SerializerConfig config(Configuration configuration) {
    SerializerConfigImpl config = new SerializerConfigImpl();
    config.configure(configuration, HeadstreamSerializationTest.class.getClassLoader());
    return config;
  }

  /** What Kryo is told, in order: "type by serializer". */
  private static List<String> registered(SerializerConfig config) {
    return config.getRegisteredTypesWithKryoSerializerClasses().entrySet().stream()
        .map(entry -> entry.getKey().getSimpleName() + " by " + entry.getValue().getSimpleName())
        .toList();
  }

  private static List<String> expected() {
    return List.of(
        "float[] by FloatArrayKryoSerializer",
        "Token by RecordKryoSerializer",
        "DeadLetter by RecordKryoSerializer",
        "ReadRecord by RecordKryoSerializer",
        "HeadKey by RecordKryoSerializer",
        "Block by RecordKryoSerializer",
        "AttentionMap by RecordKryoSerializer",
        "AttentionRow by RecordKryoSerializer");
  }
}
