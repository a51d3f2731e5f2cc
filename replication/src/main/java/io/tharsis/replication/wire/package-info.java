/**
 * What nodes say to each other: the messages of every class of link, and how they are written as
 * frames. Layouts are drawn in {@code docs/formats/wire.md}.
 *
 * <p>Owns no connection, no thread and no state beside a half-read frame. Whatever bytes come, the
 * answer is a message or a {@link io.tharsis.logfiles.format.FormatException}.
 */
package io.tharsis.replication.wire;
