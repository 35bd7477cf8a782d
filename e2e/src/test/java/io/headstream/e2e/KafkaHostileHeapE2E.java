package io.headstream.e2e;

import static org.apache.kafka.common.IsolationLevel.READ_COMMITTED;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What hostile records leave in the heap, while ten thousand after ten thousand go through. */
class KafkaHostileHeapE2E {
  @RegisterExtension static final KafkaExtension KAFKA = new KafkaExtension();

  private static final int BATCHES = Integer.getInteger("e2e.hostile.batches", 6);

  /** The sequences that are never ended, of a hundred tokens a batch, are far below it. */
  private static final long MARGIN_BYTES = 4 << 20;

  @ParameterizedTest
  @ValueSource(strings = {"sequence", "token"})
  void theHeapIsFlat(String mode) throws Exception {
    KAFKA.topics().create(mode, Map.of("max.message.bytes", "20000000"));
    KAFKA.topics().create(mode + "-answers", mode + "-answers-dead-letters");
    String group = "--kafka.group.id=" + mode;
    long written = 0;
    List<Long> heap = new ArrayList<>();
    Map<String, Integer> expected = new TreeMap<>();
    try (HeadstreamProcess run =
        KAFKA.headstream(
            mode,
            "-Xmx256m",
            "--mode=" + mode,
            "--input=kafka:" + mode,
            "--output=kafka:" + mode + "-answers",
            "--model-dim=" + HostileRecords.MODEL_DIM,
            "--max-length=" + HostileRecords.MAX_LENGTH,
            "--parallelism=2",
            group)) {
      for (int batch = 0; batch < BATCHES; batch++) {
        HostileRecords records = batch(mode, batch);
        records.expected().forEach((reason, n) -> expected.merge(reason, n, Integer::sum));
        KAFKA.topics().write(records.records());
        written += records.records().size();
        long all = written;
        run.await("the group to have read all", () -> KAFKA.topics().committed(mode) == all);
        heap.add(ProcessSize.of(run.pid()).heapBytes());
      }
      // Those wait for the end of the input, which never comes.
      expected.remove("INCOMPLETE");
      run.await("all dead letters", () -> countByReason(mode).equals(expected));
    }
    System.out.printf(
        "%s mode: %,d records, live heap in MB after each %,d: %s%n",
        mode,
        written,
        HostileRecords.RECORDS,
        heap.stream().map(bytes -> "%.1f".formatted(bytes / 1e6)).toList());
    int third = BATCHES / 3;
    assertThat(Collections.max(heap.subList(BATCHES - third, BATCHES)))
        .as("bytes of live heap in the last third, of %s", heap)
        .isLessThan(Collections.min(heap.subList(0, third)) + MARGIN_BYTES);
  }

  private static HostileRecords batch(String mode, int batch) {
    long seed = KafkaExtension.SEED + batch;
    return mode.equals("token")
        ? HostileRecords.forTokenMode(mode, "b" + batch + "-", seed)
        : HostileRecords.forSequenceMode(mode, "b" + batch + "-", seed);
  }

  private static Map<String, Integer> countByReason(String mode) throws Exception {
    List<ConsumerRecord<byte[], byte[]>> letters =
        KAFKA.topics().read(mode + "-answers-dead-letters", READ_COMMITTED);
    return HostileRecords.countByReason(letters);
  }
}
