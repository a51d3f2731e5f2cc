package io.tharsis.replication.directory;

import io.tharsis.logfiles.seam.Invariant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What a node says of its replica of a resource.
 *
 * @param membership of which membership it speaks, see {@link ResourceDocument.Member}
 * @param withdrawn the node has given the replica up; the primary may not know yet
 * @param switches what the node itself wants
 * @param disk what holds it
 * @param log how far its log is
 * @param sync how far a copy of the disk is
 * @param words states, the most telling first, at most {@link #MAX_WORDS}
 * @param errors what is wrong, at most {@link #MAX_ERRORS}
 * @param extras what only a newer program knows
 */
public record ReplicaDocument(
    UUID membership,
    boolean withdrawn,
    Switches switches,
    DiskPart disk,
    LogPart log,
    SyncPart sync,
    List<String> words,
    List<Fault> errors,
    List<Extra> extras)
    implements Content {

  /** Most state words. */
  public static final int MAX_WORDS = 16;

  /** Most errors. */
  public static final int MAX_ERRORS = 8;

  /**
   * The disk of a replica.
   *
   * @param attached whether it is in use
   * @param sizes bytes of what holds each volume, by the volume's number
   */
  public record DiskPart(boolean attached, SortedMap<Integer, Long> sizes) {
    /** Sizes that can be. */
    public DiskPart {
      sizes = Collections.unmodifiableSortedMap(new TreeMap<>(sizes));
      Texts.checkCount(sizes.size(), ResourceDocument.MAX_VOLUMES, "disks");
      sizes.forEach((volume, bytes) ->
          Invariant.check(0 <= volume && volume <= 0xFFFF && bytes >= 0, "disk", volume, bytes));
    }
  }

  /**
   * The log of a replica.
   *
   * @param epoch the newest one in it
   * @param retainedLsn the oldest place it still has
   * @param checkpointLsn everything below is on the disk
   * @param durableLsn everything below is in the log
   */
  public record LogPart(EpochRef epoch, long retainedLsn, long checkpointLsn, long durableLsn) {
    /** Places that can be. */
    public LogPart {
      Invariant.check(
          0 <= retainedLsn && 0 <= checkpointLsn && 0 <= durableLsn, "places", checkpointLsn);
    }
  }

  /**
   * A copy of a disk that is going on, or all zeros.
   *
   * @param totalBytes what was to be looked at when it began
   * @param dirtyBytes what is still to be looked at
   * @param maxStampLsn consistent once the checkpoint is there
   */
  public record SyncPart(long totalBytes, long dirtyBytes, long maxStampLsn) {
    /** Nothing to copy. */
    public static final SyncPart NONE = new SyncPart(0, 0, 0);

    /** Numbers that can be. */
    public SyncPart {
      Invariant.check(
          0 <= totalBytes && 0 <= dirtyBytes && 0 <= maxStampLsn, "sync", totalBytes, dirtyBytes);
    }
  }

  /**
   * Something that is wrong.
   *
   * @param code stable word for scripts
   * @param message in words
   * @param hybridTime since when
   */
  public record Fault(String code, String message, long hybridTime) {
    /** Texts that fit. */
    public Fault {
      Texts.checkName(code);
      Texts.check(message, MAX_TEXT_BYTES, "message");
    }
  }

  /** A replica within its limits. */
  public ReplicaDocument {
    words = List.copyOf(words);
    errors = List.copyOf(errors);
    extras = Extra.checked(extras);
    Texts.checkCount(words.size(), MAX_WORDS, "state words");
    Texts.checkCount(errors.size(), MAX_ERRORS, "errors");
    words.forEach(Texts::checkName);
  }
}
