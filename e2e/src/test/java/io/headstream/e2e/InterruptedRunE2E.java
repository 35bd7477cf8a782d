package io.headstream.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.util.FileUtils;
import org.junit.jupiter.api.Test;

/** What a test run leaves behind that somebody stops in the middle: nothing. */
class InterruptedRunE2E {
  private static final Path FOLDER = Path.of(System.getProperty("e2e.work"), "InterruptedRunE2E");
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** Stands for a test that is in the middle of its faults. */
  static final class Middle {
    public static void main(String[] folders) throws Exception {
      Path folder = Path.of(folders[0]);
      SmallDisk.mount(folder.resolve("disk"), 1);
      NetworkNamespace.create();
      FlinkProcess.start("child", folder, Map.of(), List.of("sleep", "600"));
      Files.createFile(folder.resolve("ready"));
      Thread.sleep(600_000); // until it is stopped
    }
  }

  @Test
  void noProcessNoNetworkAndNoDiskIsLeft() throws Exception {
    assumeTrue(NetworkNamespace.permitted() && SmallDisk.permitted(), "needs root");
    FileUtils.deleteDirectory(FOLDER.toFile());
    Files.createDirectories(FOLDER);
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command =
        List.of(
            java,
            "-cp",
            System.getProperty("java.class.path"),
            Middle.class.getName(),
            FOLDER.toString());
    try (FlinkProcess run = FlinkProcess.start("run", FOLDER, Map.of(), command)) {
      Await.until("its faults", LIMIT, () -> Files.exists(FOLDER.resolve("ready")));
      String network = "hs" + run.pid();
      String disk = FOLDER.resolve("disk").toString();
      assertThat(Command.run("ip", "netns", "list")).contains(network);
      assertThat(Files.readString(Path.of("/proc/mounts"))).contains(disk);
      ProcessHandle child =
          ProcessHandle.of(run.pid()).orElseThrow().children().findFirst().orElseThrow();
      assertThat(child.isAlive()).isTrue();

      run.signal("TERM");
      run.await(LIMIT);

      Await.until("the end of its process", LIMIT, () -> !child.isAlive());
      assertThat(Command.run("ip", "netns", "list")).doesNotContain(network);
      assertThat(Files.readString(Path.of("/proc/mounts"))).doesNotContain(disk);
    }
    FileUtils.deleteDirectory(FOLDER.toFile());
  }
}
