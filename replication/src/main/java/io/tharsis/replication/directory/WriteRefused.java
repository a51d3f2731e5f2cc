package io.tharsis.replication.directory;

import io.tharsis.logfiles.seam.Async;
import java.io.IOException;

/** A document of this node was not written; nothing has changed. */
public final class WriteRefused extends IOException {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Code {
    /** What it is about was deleted for ever. */
    DELETED,
    /** Another daemon writes in this node's name, see {@link Alarm.Copied}. */
    DOUBLE,
    /** A known epoch of the resource is not continued by the writer's: it would be split. */
    WOULD_SPLIT,
    /** The epoch is another node's, or the key is not this node's to write. */
    NOT_WRITER,
    /** There is no room for another document of its kind, or too much waits to be written. */
    FULL,
    /** The directory is being closed. */
    CLOSED
  }

  private final Code code;

  /** A refusal. */
  public WriteRefused(Code code, String message) {
    super(message);
    this.code = code;
  }

  /** Why. */
  public Code code() {
    return code;
  }

  /** For whom it does not matter that it was too late: goes on, unless it has failed otherwise. */
  public static Async<Void> unlessDeleted(IOException cause) {
    return cause instanceof WriteRefused refused && refused.code == Code.DELETED
        ? Async.done()
        : Async.failed(cause);
  }
}
