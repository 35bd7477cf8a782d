package io.headstream.job;

/** Placeholder. */
public final class Main {
  private Main() {}

  /** Placeholder. */
  public static void main(String[] args) {
    if (args.length > 0 && args[0].startsWith("!")) {
      System.out.println(io.headstream.job.cli.Options.information(args[1]).get());
      return;
    }
    try {
      System.out.println(
          io.headstream.job.cli.Options.parse(io.headstream.job.cli.Place.EMBEDDED, args).input());
    } catch (io.headstream.job.cli.UsageException e) {
      System.out.println(e.getMessage());
    }
  }
}
