package io.tharsis.server.node;

import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;

/**
 * The file or device behind a volume, before anybody opens it: makes it if it is not there yet and
 * checks that it is what the operator described. Blocks; belongs to the rim.
 */
final class DiskFile {

  private static final int BLOCK_BYTES = 512;
  private static final String LOGFILE_PREFIX = "log-";

  private final ResourceSpec spec;
  private final Path logDirectory;

  /**
   * @param logDirectory where the log of the resource is, if there is one
   */
  DiskFile(ResourceSpec spec, Path logDirectory) {
    this.spec = spec;
    this.logDirectory = logDirectory;
  }

  /**
   * Makes sure that the disk is there and has its size.
   *
   * @throws RefusedException where only an operator can help
   */
  void prepare() throws IOException {
    Path disk = spec.disk();
    if (Files.isDirectory(disk)) {
      throw problem("disk-kind", disk + " is a directory", "a regular file or a block device");
    }
    if (!Files.exists(disk)) {
      create();
      return;
    }
    long found = size();
    if (found == 0 && spec.sizeBytes().isPresent() && Files.isRegularFile(disk)) {
      // an interrupted creation, or made by hand; nothing is in it that could be lost
      refuseIfLogged("is empty");
      grow();
      return;
    }
    check(found);
  }

  private void check(long found) throws RefusedException {
    if (spec.sizeBytes().isPresent() && spec.sizeBytes().getAsLong() != found) {
      throw problem(
          "disk-size",
          "%s has %d bytes and size says %d"
              .formatted(spec.disk(), found, spec.sizeBytes().getAsLong()),
          "size=" + found + ", or leave size out");
    }
    if (found == 0 || found % BLOCK_BYTES != 0) {
      throw problem(
          "disk-size",
          "%s has %d bytes, which is no number of blocks".formatted(spec.disk(), found),
          found == 0 ? "say its size, such as size=1GiB" : "a size that is a multiple of 512");
    }
  }

  private long size() throws IOException {
    try (FileChannel channel = FileChannel.open(spec.disk(), StandardOpenOption.READ)) {
      return channel.size();
    }
  }

  private void create() throws IOException {
    refuseIfLogged("is gone");
    if (spec.sizeBytes().isEmpty()) {
      throw problem(
          "disk-missing",
          spec.disk() + " does not exist",
          "--resource " + spec.name() + "=" + spec.disk() + ",size=1GiB to have it made");
    }
    Path parent = spec.disk().toAbsolutePath().getParent();
    if (!Files.isDirectory(parent)) {
      throw problem("disk-directory", parent + " does not exist", "mkdir -p " + parent);
    }
    Files.createFile(spec.disk());
    grow();
    try (FileChannel directory = FileChannel.open(parent, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  /** A log without its disk: a new one would be filled with the middle of a history. */
  private void refuseIfLogged(String what) throws IOException {
    if (!Files.isDirectory(logDirectory)) {
      return;
    }
    try (Stream<Path> files = Files.list(logDirectory)) {
      if (files.anyMatch(file -> file.getFileName().toString().startsWith(LOGFILE_PREFIX))) {
        throw problem(
            "disk-lost",
            "%s %s, but %s holds a log for it".formatted(spec.disk(), what, logDirectory),
            "mount or restore the disk; or, to begin anew without its data, remove "
                + logDirectory);
      }
    }
  }

  private void grow() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(spec.disk().toFile(), "rw")) {
      file.setLength(spec.sizeBytes().getAsLong());
      file.getFD().sync();
    }
  }

  private RefusedException problem(String code, String cause, String next) {
    return new RefusedException(Refusal.host(code, cause, next));
  }
}
