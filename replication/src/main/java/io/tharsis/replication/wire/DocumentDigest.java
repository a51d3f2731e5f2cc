package io.tharsis.replication.wire;

import io.tharsis.logfiles.format.Digest;
import io.tharsis.logfiles.seam.Invariant;
import java.util.UUID;

/**
 * What a node has of one document of the directory.
 *
 * @param name of the document, such as {@code resources/R}
 * @param version which version
 * @param digest SHA-256 of its content
 */
public record DocumentDigest(String name, Version version, Digest digest) {

  /**
   * Version of a document.
   *
   * @param epochNumber of the epoch of its writer, from 0
   * @param epochId of that epoch
   * @param counter counted up by the writer within the epoch, from 0
   */
  public record Version(int epochNumber, UUID epochId, long counter) {
    /** Numbers that can be. */
    public Version {
      Invariant.check(epochNumber >= 0 && counter >= 0, "version", epochNumber, counter);
    }
  }

  /** A digest of a document with a name that can be. */
  public DocumentDigest {
    Wire.checkName(name);
  }
}
