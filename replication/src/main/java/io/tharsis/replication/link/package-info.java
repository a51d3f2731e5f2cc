/**
 * Links: ordered messages between two nodes that know who they talk to.
 *
 * <p>Owns the greeting, the refusals, the table of nodes that are linked, keep-alive, the limits of
 * memory and the bandwidth; decides and reaches the world only through {@link
 * io.tharsis.replication.link.Network} and {@link io.tharsis.replication.link.Pipe}, which carry
 * bytes. Production carries them over TLS ({@code io.tharsis.replication.netty}), tests through a
 * simulated network; everything in this package is the same in both.
 *
 * <p>One owner, the door, greets and keeps the table; a link that has been greeted lives on the
 * owner of who uses it.
 */
package io.tharsis.replication.link;
