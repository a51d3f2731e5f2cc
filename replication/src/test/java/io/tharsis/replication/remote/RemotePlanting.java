package io.tharsis.replication.remote;

import io.tharsis.logfiles.volume.Ticket;
import io.tharsis.replication.link.LinkHandler;
import io.tharsis.replication.link.Links;

/** Where a test can come between fronts, services and their world, to plant a bug. */
interface RemotePlanting {

  /** Nothing is planted. */
  RemotePlanting NONE = new RemotePlanting() {};

  /** The links as a front gets them. */
  default Links links(Links links) {
    return links;
  }

  /** Who uses a link at the primary. */
  default LinkHandler served(LinkHandler handler) {
    return handler;
  }

  /** Whether the planted bug itself ends operations twice, which is not to be what finds it. */
  default boolean mayEndTwice() {
    return false;
  }

  /** What an initiator can take a change back with. */
  default Ticket ticket(Ticket ticket) {
    return ticket;
  }
}
