/**
 * Event loops as owners: the seams {@link io.tharsis.logfiles.seam.Owner} and {@link
 * io.tharsis.logfiles.seam.Clock} on a Netty event loop.
 *
 * <p>Owns nothing but these adapters; whoever makes the loops also ends them.
 */
package io.tharsis.server.loop;
