package io.tharsis.replication.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real directory: the contract, and that nobody else may look in. */
class HostTrustFilesTest extends TrustFilesContract {

  @TempDir Path parent;

  @Override
  HostTrustFiles files() throws Exception {
    return HostTrustFiles.open(parent.resolve("trust"));
  }

  private static String mode(Path file) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private static void chmod(Path file, String mode) throws Exception {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  private static void assertUnsafe(ThrowingCallable call, String... words) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            TrustRefusedException.class,
            e -> {
              assertThat(e.refused().code()).isEqualTo(TrustCode.UNSAFE_FILE);
              assertThat(e.getMessage()).contains(words);
            });
  }

  @Test
  void directoryAndFilesAreForTheOwner() throws Exception {
    HostTrustFiles files = files();
    files.create("a", new byte[1]);
    assertThat(mode(parent.resolve("trust"))).isEqualTo("rwx------");
    assertThat(mode(parent.resolve("trust/a"))).isEqualTo("rw-------");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw-----w-", "rw---x---"})
  void aFileThatIsOpenToOthersIsRefused(String mode) throws Exception {
    HostTrustFiles files = files();
    files.create("a", new byte[1]);
    chmod(parent.resolve("trust/a"), mode);
    assertUnsafe(() -> files.read("a"), "trust/a", mode, "chmod 600");
    chmod(parent.resolve("trust/a"), "r--------");
    assertThat(files.read("a")).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxr-x---", "rwx-----x", "rwx---r--"})
  void aDirectoryThatIsOpenToOthersIsRefused(String mode) throws Exception {
    files();
    chmod(parent.resolve("trust"), mode);
    assertUnsafe(this::files, "trust", mode, "chmod 700");
  }

  @Test
  void whatIsNoFileOrDirectoryIsRefused() throws Exception {
    HostTrustFiles files = files();
    files.create("a", new byte[1]);
    Files.createSymbolicLink(parent.resolve("trust/link"), parent.resolve("trust/a"));
    assertUnsafe(() -> files.read("link"), "not a regular file");
    Files.createSymbolicLink(parent.resolve("elsewhere"), parent.resolve("trust"));
    assertUnsafe(() -> HostTrustFiles.open(parent.resolve("elsewhere")), "not a directory");
  }

  @Test
  void whatIsTooLongIsNotRead() throws Exception {
    HostTrustFiles files = files();
    files.create("a", new byte[HostTrustFiles.MAX_BYTES + 1]);
    assertUnsafe(() -> files.read("a"), "1048577 bytes");
  }
}
