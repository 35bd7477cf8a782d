package io.headstream.job.app.options;

import picocli.CommandLine.IVersionProvider;

/** Says which version this is; the build writes it into the jar's manifest. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = Version.class.getPackage().getImplementationVersion();
    return new String[] {"headstream " + (version == null ? "(not from a jar)" : version)};
  }
}
