package io.tharsis.replication.wire;

/** Anything that is sent as one frame. An immutable value; bytes in it are never changed. */
public sealed interface Message
    permits LinkMessage, ControlMessage, LogMessage, SyncMessage, JoinMessage, VolumeMessage {}
