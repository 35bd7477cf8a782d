package io.headstream.job.serialization;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names the serializer of a record, for {@link RecordTypeInfoFactory} and Kryo to find. */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface SerializedBy {

  /** A public class with a public constructor without arguments. */
  Class<? extends RecordSerializer<?>> value();

  /** Whether streams and state may be keyed by the record. */
  boolean key() default false;
}
