package io.tharsis.replication.directory;

import java.util.UUID;

/**
 * A node that can be talked to now. Made by whoever has the link, used on the directory's owner.
 */
public interface Peer {

  /** Which node, as the link has proved it. */
  UUID node();

  /** Whether a message would be sent at once; one that is sent without room may be dropped. */
  boolean hasRoom();

  /** Sends a message, in order. */
  void send(Exchange message);
}
