package io.headstream.job.app.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderLockTest {
  @TempDir Path folder;

  @Test
  void oneJobAtATimeHasAFolder() throws IOException {
    try (FolderLock lock = FolderLock.take(folder).orElseThrow()) {
      assertThat(lock).isNotNull();
      assertThat(FolderLock.take(folder)).isEmpty();
    }
    assertThat(folder).isEmptyDirectory();
    FolderLock.take(folder).orElseThrow().close();
  }

  @Test
  void whatAKilledRunLeftIsTaken() throws IOException {
    Files.createFile(folder.resolve(FolderLock.FILE));
    try (FolderLock lock = FolderLock.take(folder).orElseThrow()) {
      assertThat(lock).isNotNull();
      assertThat(FolderLock.take(folder)).isEmpty();
    }
  }

  @Test
  void aFolderThatIsNotThereIsAnError() {
    assertThatThrownBy(() -> FolderLock.take(folder.resolve("gone")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("gone");
  }

  @Test
  void ofSeveralFoldersAllAreTakenOrNone() throws IOException {
    FileLocation answers = FileLocation.of("--output", folder.resolve("a").toString());
    FileLocation deadLetters = FileLocation.of("--dead-letters", folder.resolve("d").toString());
    try (FolderLocks locks = new OutputFolders(List.of(deadLetters)).lock()) {
      assertThat(locks).isNotNull();
      OutputFolders both = new OutputFolders(List.of(answers, deadLetters));
      assertThatThrownBy(both::lock)
          .isInstanceOf(UsageException.class)
          .hasMessage(
              "--dead-letters: found '%s', expected a folder that no other running job writes into",
              folder.resolve("d"));
      assertThat(folder.resolve("a")).as("made for nothing").doesNotExist();
      Files.createFile(folder.resolve("d/part-0.jsonl"));
    }
    assertThat(folder.resolve("d")).as("of use").isNotEmptyDirectory();
  }
}
