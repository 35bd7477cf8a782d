package io.headstream.job.app.options;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Whether what a run keeps depends on an option, so that who goes on with it has to say the same.
 * Every option has to say so.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface StateDepends {
  /** Whether it does. */
  boolean value();
}
