package io.tharsis.server.node;

import io.tharsis.logfiles.volume.WriteCache;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * A resource that an operator wants served.
 *
 * @param name lower-case letters, digits, dots and dashes: it becomes part of an iSCSI name, RFC
 *     3722
 * @param disk the regular file or block device that holds the volume
 * @param sizeBytes how large it is to be; empty means: as it is
 * @param writeCache what GOOD on a write means
 */
public record ResourceSpec(String name, Path disk, OptionalLong sizeBytes, WriteCache writeCache) {

  private static final String NAMING_AUTHORITY = "iqn.2026-11.io.tharsis:";

  /** The iSCSI name of the target that serves it, RFC 7143 4.2.7. */
  public String targetName() {
    return targetNameOf(name);
  }

  /** The iSCSI name of the target that serves a resource, RFC 7143 4.2.7. */
  public static String targetNameOf(String resource) {
    return NAMING_AUTHORITY + resource;
  }

  /** The directory of the log of a resource, beneath the data directory. */
  public static Path directoryOf(String resource, Path data) {
    return data.resolve("resource-" + resource);
  }

  /** The disk as it is to be before it is opened. */
  DiskFile diskFile(Path data) {
    return new DiskFile(
        disk,
        sizeBytes,
        directory(data),
        size -> "--resource " + name + "=" + disk + ",size=" + size);
  }

  /** The directory of its log, beneath the data directory. */
  public Path directory(Path data) {
    return directoryOf(name, data);
  }
}
