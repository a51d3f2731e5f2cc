package io.tharsis.replication.member;

import io.tharsis.logfiles.log.Seams;
import io.tharsis.replication.fetch.Fetcher;
import io.tharsis.replication.link.Allowance;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.link.Links;

/**
 * How a replica reaches the world.
 *
 * @param local the resource's owner, its directory and time
 * @param links to other nodes
 * @param allowance to send bulk there
 */
public record ReplicaSeams(Seams local, Links links, Allowance allowance) {

  /** Without a limit of what is sent. */
  public ReplicaSeams(Seams local, Links links) {
    this(local, links, Allowance.UNLIMITED);
  }

  LinkHome home() {
    return new LinkHome(local.owner(), local.clock());
  }

  Fetcher.Surroundings surroundings() {
    return new Fetcher.Surroundings(links, home(), local.entropy());
  }
}
