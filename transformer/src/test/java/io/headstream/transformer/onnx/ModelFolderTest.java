package io.headstream.transformer.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.transformer.checkpoint.ModelException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFolderTest {
  private static final PublishedModel MODEL = PublishedModel.ALL_MINILM_L6_V2;

  @TempDir Path folder;

  @Test
  void aJarOfOtherContentIsRefusedBeforeAnythingIsWritten() throws IOException {
    Path target = folder.resolve("target");
    assertThatThrownBy(() -> ModelFolder.write(MODEL, jar("other.txt"), target))
        .isInstanceOf(ModelException.class)
        .hasMessageEndingWith("model.jar: has no all-minilm-l6-v2-tokenizer.json");
    assertThatThrownBy(
            () -> ModelFolder.write(MODEL, jar("all-minilm-l6-v2-tokenizer.json"), target))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(
            "all-minilm-l6-v2-tokenizer.json has the sha256"
                + " 44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a, expected"
                + " da0e79933b9e");
    assertThat(target).doesNotExist();
  }

  @Test
  void aFolderThatIsNotEmptyIsLeftAlone() throws IOException {
    Files.writeString(folder.resolve("mine"), "mine");
    assertThatThrownBy(() -> ModelFolder.write(MODEL, folder.resolve("no.jar"), folder))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(folder).isDirectoryContaining(p -> p.endsWith("mine"));
  }

  @Test
  void modelsHaveNames() {
    assertThat(PublishedModel.names()).containsExactly("all-MiniLM-L6-v2", "bge-small-en-v1.5");
    assertThat(PublishedModel.byName("All-minilm-l6-v2")).contains(MODEL);
    assertThat(PublishedModel.byName("bert")).isEmpty();
  }

  private Path jar(String entry) throws IOException {
    Path jar = folder.resolve("model.jar");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new ZipEntry(entry));
      out.write("{}".getBytes(StandardCharsets.UTF_8));
    }
    return jar;
  }
}
