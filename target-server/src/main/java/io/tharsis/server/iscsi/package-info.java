/**
 * The iSCSI edge (RFC 7143): bytes on a connection in, SCSI commands to a {@link
 * io.tharsis.server.scsi.TargetDevice} and back.
 *
 * <p>Owns the portals' sockets, PDU framing, login and text negotiation, sessions, command
 * numbering, the transfer of data-in and data-out, and the memory limits of all that. Each
 * connection lives on one event loop: the portal's until login ends, then that of the resource it
 * logged in to, where every call to the target device is made. Nothing mutable is shared between
 * loops except the portal's set of connections.
 *
 * <p>One connection per session, error recovery level 0.
 */
package io.tharsis.server.iscsi;
