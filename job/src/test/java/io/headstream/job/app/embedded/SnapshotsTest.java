package io.headstream.job.app.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.job.app.options.UsageException;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.runtime.checkpoint.CheckpointProperties;
import org.apache.flink.runtime.checkpoint.CheckpointRetentionPolicy;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
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
  void theNewestIsTheOneWithTheHighestNumberWhateverTheClockSaid() throws IOException {
    Path savepoint = snapshot("savepoint-ab12cd-0123456789ab", 11);
    snapshot(JOB + "/chk-10", 10);
    snapshot(OTHER_JOB + "/chk-9", 9);
    Files.createDirectories(folder.resolve(JOB + "/chk-11")); // not complete
    snapshot("mine/chk-1", 90); // not Flink's

    try (Snapshots snapshots = Snapshots.take(folder)) {
      assertThat(snapshots.newest()).contains(savepoint);
    }
  }

  @Test
  void deletesTheOthersAndLeavesWhatIsNotFlinks() throws IOException {
    Path kept = snapshot(JOB + "/chk-10", 10);
    Path orphan = snapshot(OTHER_JOB + "/chk-9", 9);
    Files.createDirectories(folder.resolve(OTHER_JOB + "/shared"));
    Path mine = snapshot("mine/chk-1", 90);
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

  @Test
  void aDamagedOneIsNamed() throws IOException {
    snapshot(JOB + "/chk-10", 10);
    Path damaged = snapshot(JOB + "/chk-11", 11);
    Path metadata = damaged.resolve("_metadata");
    byte[] bytes = Files.readAllBytes(metadata);
    Files.write(metadata, Arrays.copyOf(bytes, bytes.length / 2));

    try (Snapshots snapshots = Snapshots.take(folder)) {
      assertThatThrownBy(snapshots::newest)
          .isInstanceOf(UsageException.class)
          .hasMessageStartingWith(
              "--checkpoints: found '%s', expected a checkpoint whose _metadata is not damaged",
              damaged);
    }
  }

  private Path snapshot(String name, long number) throws IOException {
    Path snapshot = Files.createDirectories(folder.resolve(name));
    try (DataOutputStream metadata =
        new DataOutputStream(Files.newOutputStream(snapshot.resolve("_metadata")))) {
      Checkpoints.storeCheckpointMetadata(
          new CheckpointMetadata(
              number,
              List.of(),
              List.of(),
              CheckpointProperties.forCheckpoint(CheckpointRetentionPolicy.RETAIN_ON_CANCELLATION)),
          metadata);
    }
    return snapshot;
  }
}
