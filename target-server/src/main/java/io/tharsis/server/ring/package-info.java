/**
 * Files on the event loop's own io_uring.
 *
 * <p>Owns: reads and aligned durable writes through Netty's ring ({@link
 * io.tharsis.server.ring.RingDisk}), the store that opens the files of a log that way, and the
 * probe that finds out at start which way of appending is the better one on this host.
 */
package io.tharsis.server.ring;
