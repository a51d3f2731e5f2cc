package io.tharsis.replication.link;

import io.tharsis.logfiles.seam.Owner;
import io.tharsis.replication.wire.RefusalCode;
import java.util.function.Supplier;

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

  /**
   * Another owner decides, for instance the one of the resource that the link is for.
   *
   * @param owner where {@code decision} is asked
   * @param decision what becomes of the link; not once more {@code Elsewhere}
   */
  record Elsewhere(Owner owner, Supplier<Acceptance> decision) implements Acceptance {}
}
