package io.headstream.transformer.onnx;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipFile;

/** Writes a {@link PublishedModel} as a checkpoint folder. */
public final class ModelFolder {
  private ModelFolder() {}

  /**
   * Writes {@code config.json}, {@code model.safetensors}, {@code tokenizer.json}, {@code
   * modules.json} and {@code 1_Pooling/config.json}. The weights come last, so that a folder that
   * was given up is none that loads. Holds the model in memory twice.
   *
   * @param jar the artifact
   * @param folder a folder that is empty or is not there
   * @throws FileAlreadyExistsException if something lies in the folder
   * @throws io.headstream.transformer.checkpoint.ModelException if a file of the jar is missing or
   *     has another digest
   * @throws IOException if the jar cannot be read or the folder not be written
   */
  public static void write(PublishedModel model, Path jar, Path folder) throws IOException {
    checkEmpty(folder);
    byte[] tokenizer;
    byte[] onnx;
    try (ZipFile opened = new ZipFile(jar.toFile())) {
      tokenizer = model.tokenizer().read(jar, opened);
      onnx = model.weights().read(jar, opened);
    }
    Files.createDirectories(folder.resolve("1_Pooling"));
    Files.write(folder.resolve("tokenizer.json"), tokenizer);
    Files.writeString(folder.resolve("config.json"), model.config());
    Files.writeString(folder.resolve("modules.json"), model.modules());
    Files.writeString(folder.resolve("1_Pooling").resolve("config.json"), model.pooling());
    Path unfinished = folder.resolve(".model.safetensors.unfinished");
    new EncoderTensors(jar, onnx).collect().write(unfinished);
    Files.move(unfinished, folder.resolve("model.safetensors"));
  }

  /**
   * That nothing lies in a folder, or it is not there.
   *
   * @throws FileAlreadyExistsException if something does
   * @throws IOException if the folder cannot be read
   */
  public static void checkEmpty(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      if (entries.iterator().hasNext()) {
        throw new FileAlreadyExistsException(folder.toString());
      }
    }
  }
}
