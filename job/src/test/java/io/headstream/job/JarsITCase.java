package io.headstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** What is in the two jars that the build makes. */
class JarsITCase {
  private static final Path TARGET = Path.of("target");

  @Test
  void theLibraryIsWithoutTheProgramAndWithoutOthersClasses() throws IOException {
    Path library;
    try (Stream<Path> files = Files.list(TARGET)) {
      library =
          files
              .filter(file -> file.getFileName().toString().matches("headstream-job-[^-]+.*\\.jar"))
              .filter(file -> !file.toString().matches(".*-(tests|program)\\.jar"))
              .findFirst()
              .orElseThrow();
    }
    assertThat(classes(library))
        .contains("io/headstream/job/AttentionLayer.class")
        .allMatch(name -> name.startsWith("io/headstream/job/"))
        .noneMatch(name -> name.startsWith("io/headstream/job/app/"));
  }

  @Test
  void theProgramHasItsOwnJackson() throws IOException {
    assertThat(classes(TARGET.resolve("headstream.jar")))
        .contains(
            "io/headstream/job/app/Main.class",
            "io/headstream/attention/MultiHeadAttention.class",
            "io/headstream/shaded/jackson/core/JsonFactory.class")
        .noneMatch(name -> name.startsWith("com/fasterxml/"));
  }

  private static List<String> classes(Path file) throws IOException {
    try (JarFile jar = new JarFile(file.toFile())) {
      return jar.stream().map(ZipEntry::getName).filter(name -> name.endsWith(".class")).toList();
    }
  }
}
