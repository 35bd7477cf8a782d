package io.headstream.transformer.tokenizer;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/**
 * Prints texts a second of ours and of the reference, one thread each, on the first kilobyte of
 * mails. Arguments: the folder of the mails, and tokenizer.json files; without these, the shapes of
 * the tests.
 */
final class TokenizerSpeed {
  private TokenizerSpeed() {}

  public static void main(String[] arguments) throws IOException {
    List<String> mails = new ArrayList<>();
    ObjectMapper mapper = new ObjectMapper();
    try (Stream<Path> files = Files.walk(Path.of(arguments[0]))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).limit(2_000).toList()) {
        String mail = mapper.readTree(file.toFile()).path("text").asText();
        mails.add(mail.substring(0, Math.min(1_024, mail.length())));
      }
    }
    Path folder = Files.createTempDirectory("tokenizers");
    for (int i = 1; i < arguments.length; i++) {
      String json = Files.readString(Path.of(arguments[i]), StandardCharsets.UTF_8);
      compare(arguments[i], json, mails, folder);
    }
    for (String shape : arguments.length > 1 ? List.<String>of() : Shapes.all().keySet()) {
      compare(shape, Shapes.all().get(shape), mails, folder);
    }
  }

  private static void compare(String name, String json, List<String> mails, Path folder)
      throws IOException {
    try (Pair pair = new Pair(json, folder)) {
      double ours = 0;
      double theirs = 0;
      for (int round = 0; round < 5; round++) {
        ours = Math.max(ours, rate(mails, mail -> pair.ours.encode(mail).length()));
        theirs = Math.max(theirs, rate(mails, mail -> pair.theirs.count(mail)));
      }
      System.out.printf(
          "%s: %,.0f texts/s, reference %,.0f, %.1f times%n", name, ours, theirs, ours / theirs);
    }
  }

  private static double rate(List<String> mails, ToIntFunction<String> count) {
    long begin = System.nanoTime();
    long tokens = 0;
    for (String mail : mails) {
      tokens += count.applyAsInt(mail);
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    return tokens == 0 ? 0 : mails.size() / seconds;
  }
}
