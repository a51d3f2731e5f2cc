package io.tharsis.logfiles.host;

import io.tharsis.logfiles.contract.HostWorld;
import io.tharsis.logfiles.contract.NoSpaceContract;
import java.io.IOException;
import java.nio.file.Path;

/** Runs the contract about missing space in a directory that is a small file system. */
final class NoSpaceProgram {

  private NoSpaceProgram() {}

  /** Exits with 0 if the contract holds in the directory that is the first argument. */
  public static void main(String[] arguments) throws IOException {
    try (HostWorld world = new HostWorld(Path.of(arguments[0]), HostDisk.Options.BUFFERED)) {
      new NoSpaceContract(world).check();
    }
    System.out.println("held");
  }
}
