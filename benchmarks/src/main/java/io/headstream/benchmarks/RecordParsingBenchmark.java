package io.headstream.benchmarks;

import io.headstream.job.app.json.FloatEncoding;
import io.headstream.job.app.json.TokenFormat;
import io.headstream.job.app.json.TokenJson;
import io.headstream.job.app.source.JsonTokenParser;
import io.headstream.job.app.source.TokenEmbedding;
import io.headstream.job.app.source.TokenLookup;
import io.headstream.job.records.RawRecord;
import io.headstream.job.records.Token;
import io.headstream.safetensors.SafetensorsWriter;
import io.headstream.safetensors.TensorType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.cache.DistributedCache;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** From a record's bytes to its token and back, on one thread, by how the embedding is said. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(
    value = 2,
    jvmArgsAppend = {"-Xmx1g"})
public class RecordParsingBenchmark {
  private static final int RECORDS = 1000;

  /** An array of numbers, base64 of float32, or an index into an embedding table. */
  @Param({"json", "f32", "token"})
  public String input;

  /** How many numbers an embedding has. */
  @Param({"64", "768"})
  public int modelDim;

  private final RawRecord[] records = new RawRecord[RECORDS];
  private final Token[] tokens = new Token[RECORDS];
  private TokenFormat format;
  private JsonTokenParser parser;
  private TokenEmbedding lookup;
  private Path folder;
  private int next;

  /** Makes the records, with numbers as a float has them. */
  @Setup
  public void setUp() throws IOException {
    format =
        TokenFormat.DEFAULT.withEncoding(
            input.equals("f32") ? FloatEncoding.F32 : FloatEncoding.JSON);
    Random random = new Random(5);
    float[] table = new float[RECORDS * modelDim];
    for (int i = 0; i < table.length; i++) {
      table[i] = (float) random.nextGaussian();
    }
    for (int n = 0; n < RECORDS; n++) {
      float[] embedding = Arrays.copyOfRange(table, n * modelDim, (n + 1) * modelDim);
      tokens[n] = Token.of("user-" + n % 40, n / 40, embedding, false);
      byte[] bytes =
          input.equals("token")
              ? "{\"sequence_id\":\"user-%d\",\"position\":%d,\"token\":%d}"
                  .formatted(n % 40, n / 40, n)
                  .getBytes(StandardCharsets.UTF_8)
              : TokenJson.bytes(tokens[n], format);
      records[n] = new RawRecord(bytes, "tokens.jsonl:" + (n + 1), bytes.length);
    }
    folder = Files.createTempDirectory("table");
    Path file = folder.resolve("table.safetensors");
    new SafetensorsWriter()
        .add("table", TensorType.F32, List.of((long) RECORDS, (long) modelDim), table)
        .write(file);
    TokenLookup ofTable = new TokenLookup("table", null, modelDim, false);
    ofTable.open(
        "benchmark",
        new DistributedCache(
            Map.of(
                "table",
                CompletableFuture.completedFuture(
                    new org.apache.flink.core.fs.Path(file.toUri())))));
    lookup = ofTable;
    parser = new JsonTokenParser(modelDim, false, false).withTable(RECORDS);
  }

  /** Removes the table. */
  @TearDown
  public void tearDown() throws IOException {
    lookup.close();
    Files.delete(folder.resolve("table.safetensors"));
    Files.delete(folder);
  }

  /** Bytes to token. */
  @Benchmark
  public void parse(Blackhole hole) {
    next = (next + 1) % RECORDS;
    lookup.embed(parser.parse(records[next]), hole::consume);
  }

  /** Token to bytes, as answers are written. */
  @Benchmark
  public byte[] write() {
    next = (next + 1) % RECORDS;
    return TokenJson.bytes(tokens[next], format);
  }
}
