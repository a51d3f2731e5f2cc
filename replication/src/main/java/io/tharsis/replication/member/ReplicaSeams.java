package io.tharsis.replication.member;

import io.tharsis.logfiles.log.Seams;
import io.tharsis.replication.fetch.Fetcher;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.link.Links;

/**
 * How a replica reaches the world.
 *
 * @param local the resource's owner, its directory and time
 * @param links to other nodes
 */
public record ReplicaSeams(Seams local, Links links) {

  LinkHome home() {
    return new LinkHome(local.owner(), local.clock());
  }

  Fetcher.Surroundings surroundings() {
    return new Fetcher.Surroundings(links, home(), local.entropy());
  }
}
