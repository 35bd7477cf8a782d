package io.headstream.job.cache;

import io.headstream.job.records.AttentionRow;
import io.headstream.job.records.RandomRecords;
import io.headstream.job.records.SerializerContract;
import org.junit.jupiter.api.Nested;

/** What Flink expects of the serializers of keys and values in keyed state. */
class StoredSerializersTest {

  @Nested
  class OfStoredPage extends SerializerContract<StoredPage> {
    OfStoredPage() {
      super(StoredPage.class, new StoredPageSerializer());
    }

    @Override
    protected StoredPage record(RandomRecords random) {
      float[] keys = floats(random);
      return new StoredPage(keys, floats(random), keys.length % 2 == 0);
    }
  }

  @Nested
  class OfStoredRow extends SerializerContract<StoredRow> {
    OfStoredRow() {
      super(StoredRow.class, new StoredRowSerializer());
    }

    @Override
    protected StoredRow record(RandomRecords random) {
      return new StoredRow(floats(random), floats(random));
    }
  }

  private static float[] floats(RandomRecords random) {
    return random.next(AttentionRow.class).weights();
  }
}
