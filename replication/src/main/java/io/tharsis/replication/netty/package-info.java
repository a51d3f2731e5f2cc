/**
 * Links over TCP and TLS 1.3: the network of {@link io.tharsis.replication.link.NodeLinks} in
 * production.
 *
 * <p>Owns sockets, handshakes and the way of a connection from the loop that greets to the loop of
 * its user; decides nothing. The only package of this module that knows Netty and threads.
 */
package io.tharsis.replication.netty;
