package io.headstream.job.app.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.job.app.options.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ./headstream model} refuses in one line, and how it asks Maven. */
class ModelCommandTest {
  private static final String ARTIFACT = "group:name:1.0";

  @TempDir Path folder;

  @Test
  void refusesWhatIsNoModel() {
    assertThatThrownBy(() -> ModelCommand.run("bert"))
        .isInstanceOf(UsageException.class)
        .hasMessage("model: found 'bert', expected all-MiniLM-L6-v2 or bge-small-en-v1.5");
    assertThatThrownBy(ModelCommand::run)
        .isInstanceOf(UsageException.class)
        .hasMessage("model: NAME is missing");
    assertThatThrownBy(() -> ModelCommand.run("bge-small-en-v1.5", "--into=x"))
        .isInstanceOf(UsageException.class)
        .hasMessage("--into: unknown option, the closest known one is --to");
  }

  @Test
  void refusesAFolderThatIsNotEmpty() throws IOException {
    Path file = Files.writeString(folder.resolve("mine"), "mine");
    for (Path taken : List.of(folder, file)) {
      assertThatThrownBy(() -> ModelCommand.run("bge-small-en-v1.5", "--to", taken.toString()))
          .isInstanceOf(UsageException.class)
          .hasMessage("--to: found '" + taken + "', expected a folder that is empty or not there");
    }
  }

  @Test
  void theHelpNamesTheModelsAndTheFolder() {
    assertThat(ModelCommand.help())
        .contains("all-MiniLM-L6-v2", "bge-small-en-v1.5", "models/NAME beside ./headstream");
  }

  @Test
  void mavenCopiesTheJarIntoAFolderThatIsGoneAfterwards() throws Exception {
    Files.writeString(folder.resolve("pom.xml"), "<project/>");
    Path maven =
        script(
            "for a; do case $a in -DoutputDirectory=*) to=${a#*=};; esac; done; "
                + "echo \"$*\" > \"$to/name-1.0.jar\"");
    Path jar;
    try (MavenJar fetched = MavenJar.fetch(maven.toString(), folder, ARTIFACT)) {
      jar = fetched.file();
      assertThat(jar)
          .content()
          .startsWith(
              "-B -N -f "
                  + folder.resolve("pom.xml")
                  + " dependency:copy -Dartifact="
                  + ARTIFACT
                  + " -DoutputDirectory=");
    }
    assertThat(jar.getParent()).doesNotExist();
  }

  @Test
  void saysInOneSentenceWhatMavenCouldNot() throws IOException {
    Path maven = script("echo '[INFO] looking'; echo '[ERROR] Unknown host: repo'; exit 1");
    assertThatThrownBy(() -> MavenJar.fetch(maven.toString(), folder, ARTIFACT))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "Maven could not get group:name:1.0, which takes a network the first time"
                + " (Unknown host: repo)");
    assertThatThrownBy(() -> MavenJar.fetch(folder + "/no-mvn", folder, ARTIFACT))
        .isInstanceOf(IOException.class)
        .hasMessage("needs Maven (mvn) on the PATH");
  }

  private Path script(String commands) throws IOException {
    Path script = folder.resolve("mvn");
    Files.writeString(script, "#!/bin/sh\n" + commands + "\n");
    return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
