package io.headstream.job.records;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Equality of records by content: arrays by their elements, floats by their bits. */
public final class SameBits {
  private SameBits() {}

  /** Whether the two are the same to the last bit. */
  public static boolean same(Object a, Object b) {
    if (a == null || b == null || a.getClass() != b.getClass() && !(a instanceof List)) {
      return a == b;
    }
    if (a instanceof float[] floats) {
      return Arrays.equals(bits(floats), bits((float[]) b));
    }
    if (a instanceof byte[] bytes) {
      return Arrays.equals(bytes, (byte[]) b);
    }
    if (a instanceof HeadKey key) {
      return key.equals(b) && key.route() == ((HeadKey) b).route();
    }
    if (a instanceof List<?> list) {
      return b instanceof List<?> other && same(list.toArray(), other.toArray());
    }
    if (a instanceof Object[] array) {
      return same(array, (Object[]) b);
    }
    return a instanceof Record ? same(components(a), components(b)) : Objects.equals(a, b);
  }

  private static boolean same(Object[] a, Object[] b) {
    boolean same = a.length == b.length;
    for (int i = 0; same && i < a.length; i++) {
      same = same(a[i], b[i]);
    }
    return same;
  }

  private static Object[] components(Object value) {
    return Arrays.stream(value.getClass().getRecordComponents())
        .map(component -> component(value, component))
        .toArray();
  }

  private static Object component(Object value, RecordComponent component) {
    try {
      return component.getAccessor().invoke(value);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }
}
