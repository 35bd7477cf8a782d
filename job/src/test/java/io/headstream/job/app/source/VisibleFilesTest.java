package io.headstream.job.app.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.apache.flink.core.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VisibleFilesTest {
  @TempDir private java.nio.file.Path folder;

  @Test
  void leavesOutLinksThatLeadNowhereOrBack() throws IOException {
    Files.createDirectories(folder.resolve("in/deep"));
    Files.writeString(folder.resolve("in/a"), "a");
    Files.writeString(folder.resolve("in/deep/b"), "b");
    link("in/nowhere", "gone");
    link("in/itself", "itself");
    link("in/loop", ".");
    link("in/deep/up", "..");
    link("in/file", "deep/b");
    link("in/folder", "deep");
    assertThat(find("in")).containsExactlyInAnyOrder("in/a", "in/deep/b", "in/file", "in/folder/b");
  }

  @Test
  void anInputThatIsALinkIsRead() throws IOException {
    Files.createDirectories(folder.resolve("real"));
    Files.writeString(folder.resolve("real/a"), "a");
    link("in", "real");
    assertThat(find("in")).containsExactly("in/a");
  }

  @Test
  void namesAFileThatFlinkCannotOpen() throws IOException {
    Files.createDirectories(folder.resolve("in"));
    Files.writeString(folder.resolve("in/a\\b"), "a");
    assertThatThrownBy(() -> find("in"))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "%s/in/a\\b has a backslash in its name, which Flink cannot open".formatted(folder));
  }

  private void link(String name, String target) throws IOException {
    Files.createSymbolicLink(folder.resolve(name), java.nio.file.Path.of(target));
  }

  private List<String> find(String input) throws IOException {
    Path root = new Path(folder.resolve(input).toString());
    root = root.makeQualified(root.getFileSystem());
    return new VisibleFiles(root)
        .enumerateSplits(new Path[] {root}, 1).stream()
            .map(split -> folder.relativize(java.nio.file.Path.of(split.path().getPath())))
            .map(java.nio.file.Path::toString)
            .toList();
  }
}
