package io.tharsis.cli;

import picocli.CommandLine.Parameters;

/** A verb that changes one resource. */
abstract class ResourceVerb extends ChangingVerb {

  @Parameters(index = "0", paramLabel = "R", description = "The name of the resource.")
  private String resource;

  final String resource() {
    return resource;
  }
}
