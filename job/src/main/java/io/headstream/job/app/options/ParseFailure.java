package io.headstream.job.app.options;

import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in one line what is wrong with the text of the options. */
public final class ParseFailure {
  private ParseFailure() {}

  /** The line that the user reads. */
  public static UsageException explain(ParameterException failure) {
    if (failure instanceof UnmatchedArgumentException unmatched) {
      return unknown(unmatched.getUnmatched().get(0), failure.getCommandLine());
    }
    if (failure instanceof MissingParameterException missing && !missing.getMissing().isEmpty()) {
      ArgSpec option = missing.getMissing().get(0);
      if (!option.isOption()) {
        String command = failure.getCommandLine().getCommandName();
        return new UsageException(command + ": " + label(option) + " is missing");
      }
      return new UsageException(
          name(option) + ": its value is missing, expected " + name(option) + " " + label(option));
    }
    if (failure instanceof OverwrittenOptionException overwritten) {
      return new UsageException(
          name(overwritten.getOverwritten()) + ": given more than once, expected once");
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof Values.Expected expected) {
        return UsageException.unexpected(
            name(failure.getArgSpec()), failure.getValue(), expected.getMessage());
      }
    }
    if (failure.getArgSpec() != null) {
      // Only a flag has a converter that is not ours.
      return UsageException.unexpected(
          name(failure.getArgSpec()), failure.getValue(), "the option alone, without a value");
    }
    return new UsageException(failure.getMessage());
  }

  /** Refuses the first argument that looks like an option and is none, whatever the others are. */
  static void refuseUnknown(Iterable<String> arguments, CommandLine commandLine) {
    for (String argument : arguments) {
      String option = argument.split("=", 2)[0];
      if (option.startsWith("--")
          && !commandLine.getCommandSpec().optionsMap().containsKey(option)) {
        throw unknown(argument, commandLine);
      }
    }
  }

  private static UsageException unknown(String argument, CommandLine commandLine) {
    if (!argument.startsWith("-")) {
      return new UsageException(
          "'" + argument + "': not an option, expected --key value or --key=value");
    }
    String option = argument.split("=", 2)[0];
    String closest =
        commandLine.getCommandSpec().optionsMap().keySet().stream()
            .min((a, b) -> Integer.compare(edits(option, a), edits(option, b)))
            .orElseThrow();
    return new UsageException(option + ": unknown option, the closest known one is " + closest);
  }

  /** How many characters have to be inserted, deleted or replaced (Levenshtein's distance). */
  static int edits(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }

  private static String name(ArgSpec option) {
    return option instanceof OptionSpec named ? named.longestName() : option.paramLabel();
  }

  private static String label(ArgSpec option) {
    return option.paramLabel();
  }
}
