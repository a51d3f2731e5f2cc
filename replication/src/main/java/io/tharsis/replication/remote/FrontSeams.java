package io.tharsis.replication.remote;

import io.tharsis.logfiles.seam.Entropy;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.link.Links;

/**
 * How a front reaches the world.
 *
 * @param links to other nodes
 * @param home the resource's owner at this node, and its clock
 * @param entropy for ids and jitter
 */
public record FrontSeams(Links links, LinkHome home, Entropy entropy) {}
