package io.tharsis.replication.link;

import io.tharsis.replication.wire.Message;

/**
 * Who uses a link. Called on the link's owner: {@link #opened} first, {@link #closed} last, each
 * exactly once.
 */
public interface LinkHandler {

  /** The link can be used. */
  void opened(Link link);

  /** A message of the link's class came; bytes in it belong to the receiver. */
  void received(Link link, Message message);

  /** There is room again after {@link Link#hasRoom} had said that there is none. */
  default void roomAgain(Link link) {}

  /** The link has ended, whoever ended it. */
  void closed(Link link, LinkEnd end);
}
