/**
 * The directory: what every node of a cluster knows of the cluster.
 *
 * <p>Owns documents that each have one writer, their versions, the rules by which two nodes'
 * directories become one, the files that keep them, the exchange between peers, and what can be
 * read from all of it ({@link io.tharsis.replication.directory.Views}). A node's directory lives on
 * the node's owner; a change is durable before anybody hears of it. {@code
 * docs/formats/directory.md} draws the bytes, {@code docs/adr/0005-directory.md} says why the rules
 * are these.
 */
package io.tharsis.replication.directory;
