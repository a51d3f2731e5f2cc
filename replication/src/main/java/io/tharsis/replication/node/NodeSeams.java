package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Entropy;
import io.tharsis.logfiles.seam.Store;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.link.Links;

/**
 * How a node reaches the world.
 *
 * @param home the node's owner, and time there
 * @param entropy for ids and jitter
 * @param documents a directory of files for the cluster's directory
 * @param deeds a directory of files for what this node is a member of
 * @param links to other nodes; nobody listens yet. Closed by the node
 * @param trust keys and revocations
 * @param premises where replicas live
 */
public record NodeSeams(
    LinkHome home,
    Entropy entropy,
    Store documents,
    Store deeds,
    Links links,
    Trust trust,
    Premises premises) {}
