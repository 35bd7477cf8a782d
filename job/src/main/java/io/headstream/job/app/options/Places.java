package io.headstream.job.app.options;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The places that the options name, not looked at yet.
 *
 * @param input where tokens are read
 * @param output for the answers
 * @param deadLetters beside the output where none is named
 * @param attentionWeights empty where nobody asks for them
 */
record Places(Place input, Place output, Place deadLetters, Optional<Place> attentionWeights) {

  /**
   * Makes the places.
   *
   * @throws UsageException if one cannot have such a name
   */
  static Places of(Options options) {
    Place output = written("--output", options.output()).orElse(StandardStream.STDOUT);
    return new Places(
        Place.of("--input", options.input(), StandardStream.STDIN),
        output,
        written("--dead-letters", options.deadLetters()).orElseGet(output::ofDeadLetters),
        written("--attention-weights", options.attentionWeights()));
  }

  private static Optional<Place> written(String option, Optional<String> text) {
    return text.map(uri -> Place.of(option, uri, StandardStream.STDOUT));
  }

  /** The places of one kind that are written, in a fixed order. */
  <P extends Place> List<P> written(Class<P> kind) {
    return Stream.concat(Stream.of(output, deadLetters), attentionWeights.stream())
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }

  /** The input, if it is of a kind. */
  <P extends Place> Optional<P> input(Class<P> kind) {
    return Optional.of(input).filter(kind::isInstance).map(kind::cast);
  }
}
