package io.headstream.attention;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/** What has to compute in this JVM, from anything but the kernels' own words. */
final class ExpectedKernel {
  private ExpectedKernel() {}

  /** What the build asks for, or the widest vectors that the JVM says it has. */
  static String name() {
    String asked = System.getProperty("headstream.expected-kernel");
    return asked != null ? asked : "vector-" + Byte.SIZE * widestVectorBytes();
  }

  private static int widestVectorBytes() {
    HotSpotDiagnosticMXBean jvm =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    return Integer.parseInt(jvm.getVMOption("MaxVectorSize").getValue());
  }
}
