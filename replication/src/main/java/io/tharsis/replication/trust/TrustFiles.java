package io.tharsis.replication.trust;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * One directory of small private files, step by step: the seam at which a test may stop the world.
 * Nothing but {@link #sync} makes content durable and nothing but {@link #syncDirectory} makes
 * names durable.
 */
interface TrustFiles {

  /** How diagnostics call a file. */
  String path(String name);

  /** All names, sorted. */
  List<String> names() throws IOException;

  /** The content, if there is such a file; refused if others may read it or it is too long. */
  Optional<byte[]> read(String name) throws IOException, TrustRefusedException;

  /**
   * Creates a file that only the owner may read. Exactly one of several callers succeeds.
   *
   * @throws java.nio.file.FileAlreadyExistsException if the name is taken
   */
  void create(String name, byte[] content) throws IOException;

  /** Makes a file's content durable. */
  void sync(String name) throws IOException;

  /** Gives a file another name, in place of the file that may have had it. */
  void rename(String from, String to) throws IOException;

  /** Removes a file, if there is one. */
  void delete(String name) throws IOException;

  /** Makes created, renamed and removed names durable. */
  void syncDirectory() throws IOException;
}
