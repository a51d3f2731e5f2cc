package io.tharsis.server.node;

import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The file or device behind a volume, before anybody opens it: makes it if it is not there yet and
 * checks that it is what the operator described. Blocks; belongs to the rim.
 */
public final class DiskFile {

  private static final int BLOCK_BYTES = 512;
  private static final String LOGFILE_PREFIX = "log-";

  private final Path disk;
  private final OptionalLong sizeBytes;
  private final Fit fit;
  private final Path logDirectory;
  private final UnaryOperator<String> saying;

  /** What of a disk that is there is good enough. */
  public enum Fit {
    /** It has the size that the operator says. */
    EXACT,
    /** Whoever opens it knows what is right, and may make it larger. */
    ANY
  }

  /**
   * What an operator wants, exactly.
   *
   * @param disk the file or device
   * @param sizeBytes how large it is to be; empty means: as it is
   * @param logDirectory where the log of the resource is, if there is one
   * @param saying what an operator types to say a size, given the size
   */
  public DiskFile(
      Path disk, OptionalLong sizeBytes, Path logDirectory, UnaryOperator<String> saying) {
    this(disk, sizeBytes, Fit.EXACT, logDirectory, saying);
  }

  /** The same for a disk that is there and fits. */
  public DiskFile(
      Path disk, OptionalLong sizeBytes, Fit fit, Path logDirectory, UnaryOperator<String> saying) {
    this.disk = disk;
    this.sizeBytes = sizeBytes;
    this.fit = fit;
    this.logDirectory = logDirectory;
    this.saying = saying;
  }

  /** Which file or device. */
  public Path disk() {
    return disk;
  }

  /**
   * Makes sure that the disk is there and has its size.
   *
   * @throws RefusedException where only an operator can help
   */
  public void prepare() throws IOException {
    if (Files.isDirectory(disk)) {
      throw problem("disk-kind", disk + " is a directory", "a regular file or a block device");
    }
    if (!Files.exists(disk)) {
      create();
      return;
    }
    long found = size();
    if (found == 0 && sizeBytes.isPresent() && Files.isRegularFile(disk)) {
      // an interrupted creation, or made by hand; nothing is in it that could be lost
      refuseIfLogged("is empty");
      grow();
      return;
    }
    check(found);
  }

  private void check(long found) throws RefusedException {
    boolean exact = fit == Fit.EXACT && sizeBytes.isPresent();
    if (exact && sizeBytes.getAsLong() != found) {
      throw problem(
          "disk-size",
          "%s has %d bytes and is to have %d".formatted(disk, found, sizeBytes.getAsLong()),
          "a disk of that size; or, if the resource may be as large as the disk is, "
              + saying.apply(String.valueOf(found)));
    }
    if (found == 0 || found % BLOCK_BYTES != 0) {
      throw problem(
          "disk-size",
          "%s has %d bytes, which is no number of blocks".formatted(disk, found),
          found == 0
              ? saying.apply("1GiB") + " to say its size"
              : "a size that is a multiple of 512");
    }
  }

  private long size() throws IOException {
    try (FileChannel channel = FileChannel.open(disk, StandardOpenOption.READ)) {
      return channel.size();
    }
  }

  private void create() throws IOException {
    refuseIfLogged("is gone");
    if (sizeBytes.isEmpty()) {
      throw problem(
          "disk-missing", disk + " does not exist", saying.apply("1GiB") + " to have it made");
    }
    Path parent = disk.toAbsolutePath().getParent();
    if (!Files.isDirectory(parent)) {
      throw problem("disk-directory", parent + " does not exist", "mkdir -p " + parent);
    }
    Files.createFile(disk);
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
            "%s %s, but %s holds a log for it".formatted(disk, what, logDirectory),
            "mount or restore the disk; or, to begin anew without its data, remove "
                + logDirectory);
      }
    }
  }

  private void grow() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
      file.setLength(sizeBytes.getAsLong());
      file.getFD().sync();
    }
  }

  private RefusedException problem(String code, String cause, String next) {
    return new RefusedException(Refusal.host(code, cause, next));
  }
}
