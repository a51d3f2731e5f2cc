package io.tharsis.replication.link;

import io.tharsis.replication.wire.RefusalCode;

/** What the other end of a connection has shown of itself. */
public sealed interface Shown permits Certified, Shown.Nothing, Shown.Distrusted {

  /** No certificate, as who wants to join. */
  record Nothing() implements Shown {}

  /**
   * A certificate that counts no more, or none that can be of a node.
   *
   * @param code what the other end is told
   * @param words the same for people
   */
  record Distrusted(RefusalCode code, String words) implements Shown {}
}
