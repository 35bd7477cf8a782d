package io.headstream.job.app.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.job.app.options.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotsTest {
  private static final String JOB = "0123456789abcdef0123456789abcdef";
  private static final String OTHER_JOB = "ffffffffffffffffffffffffffffffff";

  @TempDir Path folder;

  @Test
  void anEmptyFolderHasNone() throws IOException {
    try (Snapshots snapshots = Snapshots.take(folder.resolve("new/dir"))) {
      assertThat(snapshots.newest()).isEmpty();
    }
  }

  @Test
  void theNewestIsTheOneThatWasCompletedLast() throws IOException {
    snapshot(JOB + "/chk-10", 2_000);
    Path savepoint = snapshot("savepoint-ab12cd-0123456789ab", 3_000);
    snapshot(OTHER_JOB + "/chk-9", 1_000);
    Files.createDirectories(folder.resolve(JOB + "/chk-11")); // not complete
    snapshot("mine/chk-1", 9_000); // not Flink's

    try (Snapshots snapshots = Snapshots.take(folder)) {
      assertThat(snapshots.newest()).contains(savepoint);
    }
  }

  @Test
  void deletesTheOthersAndLeavesWhatIsNotFlinks() throws IOException {
    Path kept = snapshot(JOB + "/chk-10", 2_000);
    Path orphan = snapshot(OTHER_JOB + "/chk-9", 1_000);
    Files.createDirectories(folder.resolve(OTHER_JOB + "/shared"));
    Path mine = snapshot("mine/chk-1", 9_000);
    Path incomplete = Files.createDirectories(folder.resolve(JOB + "/chk-11"));
    Files.writeString(incomplete.resolve("0123-state"), "");
    Path cutOff = Files.createDirectories(folder.resolve("savepoint-ab12cd-0123456789ab"));
    Path alone = Files.createDirectories(folder.resolve("e".repeat(32) + "/chk-1"));

    try (Snapshots snapshots = Snapshots.take(folder)) {
      snapshots.deleteAllBut(kept);
      assertThat(kept).exists();
      assertThat(orphan.getParent()).doesNotExist();
      assertThat(incomplete).doesNotExist();
      assertThat(cutOff).doesNotExist();
      assertThat(alone.getParent()).doesNotExist();
      snapshots.deleteAllBut(null);
      assertThat(kept.getParent()).doesNotExist();
      assertThat(mine).exists();
    }
  }

  @Test
  void oneRunAtATimeHasTheFolder() throws IOException {
    try (Snapshots snapshots = Snapshots.take(folder)) {
      assertThat(snapshots).isNotNull();
      assertThatThrownBy(() -> Snapshots.take(folder))
          .isInstanceOf(UsageException.class)
          .hasMessageStartingWith("--checkpoints: found '" + folder);
    }
    Snapshots.take(folder).close();
  }

  private Path snapshot(String name, long completedMillis) throws IOException {
    Path snapshot = Files.createDirectories(folder.resolve(name));
    Path metadata = Files.writeString(snapshot.resolve("_metadata"), "");
    Files.setLastModifiedTime(metadata, FileTime.fromMillis(completedMillis));
    return snapshot;
  }
}
