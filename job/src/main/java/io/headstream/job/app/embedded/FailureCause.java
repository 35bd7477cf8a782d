package io.headstream.job.app.embedded;

import io.headstream.job.app.options.OneLine;
import org.apache.flink.util.ExceptionUtils;
import org.apache.flink.util.SerializedThrowable;

/** Finds what went wrong inside the layers of exceptions that Flink puts around it. */
final class FailureCause {
  private FailureCause() {}

  /** The cause at the bottom, in one line. */
  static String describe(Throwable failure) {
    Throwable cause = failure;
    for (Throwable next = cause; next != null; next = next.getCause()) {
      cause = SerializedThrowable.get(next, FailureCause.class.getClassLoader());
      next = cause;
    }
    String message = cause.getMessage();
    String type = typeName(cause);
    if (message == null || message.isBlank()) {
      return type;
    }
    // A sentence speaks for itself; a lone name, and what the JVM says, needs its exception's.
    boolean sentence =
        message.strip().contains(" ") && !ExceptionUtils.isJvmFatalOrOutOfMemoryError(cause);
    return OneLine.of(sentence ? message : type + ": " + message);
  }

  private static String typeName(Throwable cause) {
    String name =
        cause instanceof SerializedThrowable serialized
            ? serialized.getOriginalErrorClassName()
            : cause.getClass().getName();
    return name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1);
  }
}
