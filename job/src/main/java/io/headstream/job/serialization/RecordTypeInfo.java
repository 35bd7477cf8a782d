package io.headstream.job.serialization;

import java.lang.reflect.InvocationTargetException;
import java.util.Objects;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/**
 * What Flink knows of a record: one field, the record itself, written by the serializer that its
 * {@link SerializedBy} names.
 *
 * @param <T> the record
 */
public final class RecordTypeInfo<T> extends TypeInformation<T> {
  private static final long serialVersionUID = 1L;

  private final Class<T> type;
  private final RecordSerializer<T> serializer;
  private final boolean key;

  private RecordTypeInfo(Class<T> type, RecordSerializer<T> serializer, boolean key) {
    this.type = type;
    this.serializer = serializer;
    this.key = key;
  }

  /**
   * The type information of a record.
   *
   * @throws IllegalArgumentException when the class does not name a serializer that can be made
   */
  public static <T> RecordTypeInfo<T> of(Class<T> type) {
    SerializedBy annotation = type.getAnnotation(SerializedBy.class);
    if (annotation == null) {
      throw new IllegalArgumentException(type.getName() + " has no @SerializedBy");
    }
    try {
      @SuppressWarnings("unchecked") // A record names its own serializer.
      RecordSerializer<T> serializer =
          (RecordSerializer<T>) annotation.value().getConstructor().newInstance();
      return new RecordTypeInfo<>(type, serializer, annotation.key());
    } catch (NoSuchMethodException
        | InstantiationException
        | IllegalAccessException
        | InvocationTargetException e) {
      throw new IllegalArgumentException(
          annotation.value().getName() + " has no public constructor without arguments", e);
    }
  }

  /** The serializer, which no configuration changes. */
  public RecordSerializer<T> serializer() {
    return serializer;
  }

  @Override
  public TypeSerializer<T> createSerializer(SerializerConfig config) {
    return serializer;
  }

  @Override
  public Class<T> getTypeClass() {
    return type;
  }

  @Override
  public boolean isKeyType() {
    return key;
  }

  @Override
  public boolean isBasicType() {
    return false;
  }

  @Override
  public boolean isTupleType() {
    return false;
  }

  @Override
  public int getArity() {
    return 1;
  }

  @Override
  public int getTotalFields() {
    return 1;
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof RecordTypeInfo;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RecordTypeInfo<?> that
        && type == that.type
        && key == that.key
        && serializer.equals(that.serializer);
  }

  @Override
  public int hashCode() {
    return Objects.hash(type, serializer, key);
  }

  @Override
  public String toString() {
    return type.getSimpleName();
  }
}
