package io.tharsis.logfiles.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tharsis.logfiles.contract.NoSpaceContract;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full file system: a small one that only a child process sees. Needs root. */
class HostNoSpaceTest {

  @TempDir private Path directory;

  @Test
  void aFullFileSystem() throws IOException {
    String mount = "mount -t tmpfs -o size=" + NoSpaceContract.SPACE_BYTES + " tmpfs " + directory;
    assumeTrue(
        Commands.succeeds("unshare", "-m", "sh", "-c", mount),
        "not root: a full file system was only simulated");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Commands.Outcome outcome =
        Commands.run(
            List.of(
                "unshare",
                "-m",
                "sh",
                "-c",
                mount + " && exec \"$@\"",
                "sh",
                java,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                NoSpaceProgram.class.getName(),
                directory.toString()));
    assertThat(outcome).isEqualTo(new Commands.Outcome(0, "held"));
  }
}
