package io.tharsis.replication.trust;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** {@link TrustFiles} in a directory of the host: 0700, its files 0600. Any thread. */
final class HostTrustFiles implements TrustFiles {

  /** No file of this package is longer; the {@code cluster} document may come near it. */
  static final int MAX_BYTES = 1 << 20;

  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private final Path directory;

  private HostTrustFiles(Path directory) {
    this.directory = directory;
  }

  /**
   * Opens the directory, and makes it if its parent has none.
   *
   * @throws TrustRefusedException if others may look into it
   */
  static HostTrustFiles open(Path directory) throws IOException, TrustRefusedException {
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      syncEntries(directory.toAbsolutePath().getParent());
    }
    PosixFileAttributes found = attributes(directory);
    if (!found.isDirectory()) {
      throw unsafe(directory + " is not a directory", "move it away");
    }
    requirePrivate(directory, found, "chmod 700 " + directory);
    return new HostTrustFiles(directory);
  }

  @Override
  public String path(String name) {
    return directory.resolve(name).toString();
  }

  @Override
  public List<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  @Override
  public Optional<byte[]> read(String name) throws IOException, TrustRefusedException {
    Path file = directory.resolve(name);
    PosixFileAttributes found;
    try {
      found = attributes(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    if (!found.isRegularFile()) {
      throw unsafe(file + " is not a regular file", "put the file itself there");
    }
    requirePrivate(file, found, "chmod 600 " + file);
    if (found.size() > MAX_BYTES) {
      throw unsafe(file + " has " + found.size() + " bytes", "restore it from a backup");
    }
    return Optional.of(Files.readAllBytes(file));
  }

  @Override
  public void create(String name, byte[] content) throws IOException {
    try (FileChannel out =
        FileChannel.open(
            directory.resolve(name),
            EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer left = ByteBuffer.wrap(content);
      while (left.hasRemaining()) {
        out.write(left);
      }
    }
  }

  @Override
  public void sync(String name) throws IOException {
    try (FileChannel file = FileChannel.open(directory.resolve(name), StandardOpenOption.WRITE)) {
      file.force(true);
    }
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Files.move(
        directory.resolve(from),
        directory.resolve(to),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void delete(String name) throws IOException {
    Files.deleteIfExists(directory.resolve(name));
  }

  @Override
  public void syncDirectory() throws IOException {
    syncEntries(directory);
  }

  private static void syncEntries(Path directory) throws IOException {
    try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
      entries.force(true);
    }
  }

  private static PosixFileAttributes attributes(Path file) throws IOException {
    return Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  private static void requirePrivate(Path file, PosixFileAttributes found, String remedy)
      throws TrustRefusedException {
    Set<PosixFilePermission> open = EnumSet.noneOf(PosixFilePermission.class);
    open.addAll(found.permissions());
    open.removeAll(OWNER_ONLY);
    if (!open.isEmpty()) {
      throw unsafe(
          file
              + " is open to others ("
              + PosixFilePermissions.toString(found.permissions())
              + "), and its keys may be known to them",
          remedy + ", and replace the keys if others could log in here");
    }
  }

  private static TrustRefusedException unsafe(String fact, String advice) {
    return new TrustRefusedException(TrustCode.UNSAFE_FILE, fact, advice);
  }
}
