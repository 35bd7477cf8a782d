package io.headstream.job.serialization;

import java.lang.reflect.Type;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInfoFactory;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * By {@code @TypeInfo(RecordTypeInfoFactory.class)} on a record, {@code TypeInformation.of} and all
 * else in Flink that looks at a class finds its {@link RecordTypeInfo}.
 *
 * @param <T> the record
 */
public final class RecordTypeInfoFactory<T> extends TypeInfoFactory<T> {

  @Override
  @SuppressWarnings("unchecked") // Flink asks for the annotated class, which is not generic.
  public TypeInformation<T> createTypeInfo(
      Type type, Map<String, TypeInformation<?>> genericParameters) {
    return RecordTypeInfo.of((Class<T>) type);
  }
}
