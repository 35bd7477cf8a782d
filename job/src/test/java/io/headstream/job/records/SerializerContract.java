package io.headstream.job.records;

import java.lang.reflect.Array;
import org.apache.flink.api.common.typeutils.SerializerTestBase;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.testutils.DeeplyEqualsChecker;

/** Flink's own tests of a serializer, over random records whose seed is their index. */
public abstract class SerializerContract<T> extends SerializerTestBase<T> {
  private final Class<T> type;
  private final TypeSerializer<T> serializer;

  protected SerializerContract(Class<T> type, TypeSerializer<T> serializer) {
    super(
        new DeeplyEqualsChecker()
            .withCustomCheck((a, b) -> type.isInstance(a), (a, b, checker) -> SameBits.same(a, b)));
    this.type = type;
    this.serializer = serializer;
  }

  @Override
  protected TypeSerializer<T> createSerializer() {
    return serializer;
  }

  @Override
  protected int getLength() {
    return -1;
  }

  @Override
  protected Class<T> getTypeClass() {
    return type;
  }

  @Override
  @SuppressWarnings("unchecked") // Array.newInstance makes an array of the type.
  protected final T[] getTestData() {
    T[] data = (T[]) Array.newInstance(type, 40);
    for (int seed = 0; seed < data.length; seed++) {
      data[seed] = record(new RandomRecords(seed));
    }
    return data;
  }

  /** One record. */
  protected T record(RandomRecords random) {
    return random.next(type);
  }
}
