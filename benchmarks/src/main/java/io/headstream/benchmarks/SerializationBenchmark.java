package io.headstream.benchmarks;

import io.headstream.job.HeadstreamSerialization;
import io.headstream.job.records.Block;
import io.headstream.job.records.HeadKey;
import io.headstream.job.records.Token;
import io.headstream.job.serialization.RecordTypeInfo;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.runtime.kryo.KryoSerializer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One record to bytes and back: by its own {@code TypeSerializer}, by Flink's Kryo with our
 * serializers registered, and by Flink's Kryo as it comes.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 2,
    jvmArgsAppend = {
      "-Xmx1g",
      "--add-opens=java.base/java.lang=ALL-UNNAMED",
      "--add-opens=java.base/java.util=ALL-UNNAMED",
      "--add-opens=java.base/java.nio=ALL-UNNAMED"
    })
public class SerializationBenchmark {

  /** Which record: a token, or a block of so many tokens by model-dim. */
  @Param({"Token 64", "Block 64x64", "Block 128x512"})
  public String record;

  /** Which way. */
  @Param({"own", "kryo-registered", "kryo-default"})
  public String serializer;

  private TypeSerializer<Object> way;
  private Object value;
  private final DataOutputSerializer target = new DataOutputSerializer(1 << 20);
  private byte[] bytes;
  private final DataInputDeserializer source = new DataInputDeserializer();

  /** Makes the record and its bytes. */
  @Setup
  public void setUp() throws IOException {
    value =
        switch (record) {
          case "Token 64" ->
              new Token("user-42", 17, floats(64), "attention", null, false, "tokens.jsonl:17");
          case "Block 64x64" -> new Block(new HeadKey("user-42", 3, 99), 0, 64, floats(4096), true);
          case "Block 128x512" ->
              new Block(new HeadKey("user-42", 3, 99), 0, 128, floats(65536), true);
          default -> throw new IllegalArgumentException(record);
        };
    way = serializer(value.getClass());
    way.serialize(value, target);
    bytes = target.getCopyOfBuffer();
    source.setBuffer(bytes);
    if (way.deserialize(source).getClass() != value.getClass() || source.available() != 0) {
      throw new IllegalStateException(serializer + " does not read back what it wrote");
    }
  }

  /** Writes the record over what was written before. */
  @Benchmark
  public int write() throws IOException {
    target.clear();
    way.serialize(value, target);
    return target.length();
  }

  /** Reads the record into a new object. */
  @Benchmark
  public Object read() throws IOException {
    source.setBuffer(bytes);
    return way.deserialize(source);
  }

  @SuppressWarnings("unchecked") // The record is of the class that the serializer is asked for.
  private TypeSerializer<Object> serializer(Class<?> type) {
    Configuration configuration = new Configuration();
    if (serializer.equals("kryo-registered")) {
      HeadstreamSerialization.register(configuration);
    }
    SerializerConfigImpl config = new SerializerConfigImpl();
    config.configure(configuration, getClass().getClassLoader());
    return (TypeSerializer<Object>)
        (serializer.equals("own")
            ? RecordTypeInfo.of(type).serializer()
            : new KryoSerializer<>(type, config));
  }

  private static float[] floats(int count) {
    Random random = new Random(1);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
