package io.tharsis.replication.link;

import io.tharsis.replication.wire.RefusalCode;

/** The decision about a link that another node opens. */
public sealed interface Acceptance {

  /**
   * The link will be.
   *
   * @param home where it will live
   * @param handler who will use it
   */
  record Accepted(LinkHome home, LinkHandler handler) implements Acceptance {}

  /**
   * The link will not be.
   *
   * @param code why
   * @param words for people; the other node gets them
   */
  record Refused(RefusalCode code, String words) implements Acceptance {}
}
