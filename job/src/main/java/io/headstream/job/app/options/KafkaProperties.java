package io.headstream.job.app.options;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/**
 * The file that {@code --kafka-properties} names: properties of the Kafka clients as Kafka's own
 * tools take them, in UTF-8. What stands in it is on no command line, which other users of the
 * machine can read, and Flink's logs repeat.
 *
 * <p>A value may be a secret, so no message here repeats one.
 */
final class KafkaProperties {
  static final String OPTION = "--kafka-properties";

  private KafkaProperties() {}

  /**
   * Reads the file, which is local to where this runs.
   *
   * @param file as typed
   * @param typed the properties that the command line has, none of which may be in the file too
   * @return the properties of both
   * @throws UsageException if the file cannot be read, or holds what may not be set
   */
  static Map<String, String> with(String file, Map<String, String> typed) {
    Map<String, String> all = new HashMap<>(typed);
    Properties read = read(file);
    for (String key : read.stringPropertyNames()) {
      if (KafkaArguments.NOT_FREE.contains(key)) {
        throw new UsageException(
            OPTION + " " + file + ": " + key + " is not to be set, Headstream decides it");
      }
      if (all.put(key, read.getProperty(key)) != null) {
        throw new UsageException(
            KafkaArguments.PREFIX + key + ": given in " + file + " too, expected once");
      }
    }
    return Map.copyOf(all);
  }

  private static Properties read(String file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(file))) {
      properties.load(reader);
      return properties;
    } catch (NoSuchFileException e) {
      throw unusable(file, "a file that is there");
    } catch (CharacterCodingException e) {
      throw unusable(file, "a properties file in UTF-8");
    } catch (IllegalArgumentException e) {
      if (e instanceof InvalidPathException) {
        throw unusable(file, "the name of a file");
      }
      throw unusable(file, "a properties file (in one a backslash and u begin four hex digits)");
    } catch (IOException e) {
      throw unusable(file, "a file that can be read");
    }
  }

  private static UsageException unusable(String file, String expected) {
    return UsageException.unexpected(OPTION, file, expected);
  }
}
