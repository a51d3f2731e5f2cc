package io.tharsis.replication.trust;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The files of this package as durable values: each method returns when a crash cannot take back
 * what it did. Built from the steps of {@link TrustFiles}.
 */
record TrustDirectory(TrustFiles files) {

  /** Certificate, CA certificate and key of this node; there is a membership iff it exists. */
  static final String NODE = "node.pem";

  /** The CA's certificate and key, where the CA is. */
  static final String AUTHORITY = "ca.pem";

  /** The {@code cluster} document in force. */
  static final String CLUSTER = "cluster";

  /** Editions of it that were signed beside it, as long as it does not make up for them. */
  static final String APART = "cluster-apart";

  /** The key of a membership that is being made. */
  static final String JOINING = "joining.pem";

  /** The membership is being ended: whatever else is there counts no more, and is removed. */
  static final String LEAVING = "leaving";

  private static final String NEW = ".new";

  /** What was replaced by nothing else than itself: a crash leaves the old content or the new. */
  void replace(String name, byte[] content) throws IOException {
    String fresh = name + NEW;
    files.delete(fresh);
    files.create(fresh, content);
    files.sync(fresh);
    files.rename(fresh, name);
    files.syncDirectory();
  }

  /**
   * Takes a name for ever. Once begun, a crash may leave the name with any content, so whoever
   * looks for the claim must look for the name only.
   *
   * @throws java.nio.file.FileAlreadyExistsException if somebody else has it
   */
  void claim(String name, byte[] content) throws IOException {
    files.create(name, content);
    files.sync(name);
    files.syncDirectory();
  }

  /**
   * Removes files in the given order, and what a crash in replacing one has left; a crash leaves a
   * tail of it.
   */
  void remove(List<String> names) throws IOException {
    for (String name : names) {
      files.delete(name + NEW);
      files.delete(name);
      files.syncDirectory();
    }
  }

  boolean has(String name) throws IOException {
    return files.names().contains(name);
  }

  Optional<byte[]> read(String name) throws IOException, TrustRefusedException {
    return files.read(name);
  }

  /** Refuses because the file's content makes no sense. */
  TrustRefusedException damaged(String name, Exception why) {
    return new TrustRefusedException(
        new Refused(
            TrustCode.DAMAGED_FILE,
            files.path(name) + " cannot be understood: " + why.getMessage(),
            "restore it from a backup"),
        why);
  }
}
