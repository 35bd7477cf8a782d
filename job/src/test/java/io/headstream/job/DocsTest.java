package io.headstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What readers find: pages of a length that is read, and links that lead somewhere. */
class DocsTest {
  private static final Path PROJECT = Path.of("").toAbsolutePath().getParent();
  private static final Pattern LINK = Pattern.compile("]\\(([^)#]+)(?:#[^)]*)?\\)");

  static List<Path> pages() throws IOException {
    List<String> folders = List.of("", "docs", "benchmarks", "e2e");
    return folders.stream().flatMap(DocsTest::pagesIn).toList();
  }

  private static Stream<Path> pagesIn(String folder) {
    try (Stream<Path> files = Files.list(PROJECT.resolve(folder))) {
      return files.filter(file -> file.toString().endsWith(".md")).sorted().toList().stream();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void eachLinkLeadsToAFile(Path page) throws IOException {
    List<String> links =
        LINK.matcher(Files.readString(page))
            .results()
            .map((MatchResult link) -> link.group(1))
            .toList();
    assertThat(links)
        .filteredOn(link -> !link.contains(":"))
        .allSatisfy(link -> assertThat(page.resolveSibling(link)).exists());
  }

  @ParameterizedTest
  @MethodSource("pages")
  void aPageHasAtMost300Lines(Path page) throws IOException {
    assertThat(Files.readAllLines(page)).hasSizeLessThanOrEqualTo(300);
  }

  @Test
  void theReadmeIsReadInFiveMinutes() throws IOException {
    Path readme = PROJECT.resolve("README.md");
    assertThat(Files.readAllLines(readme)).hasSizeLessThanOrEqualTo(150);
    assertThat(Files.size(readme)).isLessThanOrEqualTo(10_000);
  }
}
