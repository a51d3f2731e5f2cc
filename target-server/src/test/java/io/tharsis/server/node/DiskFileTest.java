package io.tharsis.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tharsis.logfiles.volume.WriteCache;
import io.tharsis.replication.control.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which disks are made, taken and refused. */
class DiskFileTest {

  private static final long SIZE = 1 << 20;

  @TempDir private Path directory;

  private void prepare(OptionalLong sizeBytes) throws IOException {
    prepare(directory.resolve("disk"), sizeBytes);
  }

  private void prepare(Path disk, OptionalLong sizeBytes) throws IOException {
    ResourceSpec spec = new ResourceSpec("r", disk, sizeBytes, WriteCache.DURABLE);
    spec.diskFile(directory).prepare();
  }

  private String refusal(Path disk, OptionalLong sizeBytes) {
    return catchThrowableOfType(RefusedException.class, () -> prepare(disk, sizeBytes))
        .refusal()
        .code();
  }

  private String refusal(OptionalLong sizeBytes) {
    return refusal(directory.resolve("disk"), sizeBytes);
  }

  @Test
  void missingFileIsMadeSparse() throws IOException {
    prepare(OptionalLong.of(SIZE));

    assertThat(directory.resolve("disk")).hasSize(SIZE);
    prepare(OptionalLong.of(SIZE));
    prepare(OptionalLong.empty());
  }

  @Test
  void creationThatACrashCutShortIsFinished() throws IOException {
    Files.createFile(directory.resolve("disk"));

    prepare(OptionalLong.of(SIZE));

    assertThat(directory.resolve("disk")).hasSize(SIZE);
  }

  @Test
  void missingFileWithoutASize() {
    assertThat(refusal(OptionalLong.empty())).isEqualTo("disk-missing");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void missingDirectory() {
    assertThat(refusal(directory.resolve("none/disk"), OptionalLong.of(SIZE)))
        .isEqualTo("disk-directory");
  }

  @Test
  void anotherSizeThanSaid() throws IOException {
    Files.write(directory.resolve("disk"), new byte[4096]);

    assertThat(refusal(OptionalLong.of(SIZE))).isEqualTo("disk-size");
    assertThat(directory.resolve("disk")).hasSize(4096);
  }

  @Test
  void noNumberOfBlocks() throws IOException {
    Files.write(directory.resolve("disk"), new byte[513]);

    assertThat(refusal(OptionalLong.empty())).isEqualTo("disk-size");
    Files.write(directory.resolve("disk"), new byte[0]);
    assertThat(refusal(OptionalLong.empty())).isEqualTo("disk-size");
  }

  @Test
  void directoryAndDevice() {
    assertThat(refusal(directory, OptionalLong.empty())).isEqualTo("disk-kind");
    assertThat(refusal(Path.of("/dev/null"), OptionalLong.of(SIZE))).isEqualTo("disk-size");
  }

  @Test
  void logWithoutItsDiskIsNeverGivenANewOne() throws IOException {
    Files.createDirectory(directory.resolve("resource-r"));
    prepare(directory.resolve("other"), OptionalLong.of(SIZE));
    Files.createFile(directory.resolve("resource-r/log-000000001-host"));

    assertThat(refusal(OptionalLong.of(SIZE))).isEqualTo("disk-lost");
    assertThat(directory.resolve("disk")).doesNotExist();
    Files.createFile(directory.resolve("disk"));
    assertThat(refusal(OptionalLong.of(SIZE))).isEqualTo("disk-lost");
    assertThat(directory.resolve("disk")).isEmptyFile();
  }
}
