package io.tharsis.replication.node;

import io.tharsis.logfiles.format.RegionSet;
import io.tharsis.logfiles.log.Delta;
import io.tharsis.logfiles.log.LogSurvey;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.control.ReplicationMode;
import io.tharsis.replication.fetch.FetchSource;
import io.tharsis.replication.link.Acceptance;
import io.tharsis.replication.member.SecondaryReplica;
import io.tharsis.replication.member.SecondaryReplica.Standing;
import io.tharsis.replication.node.HandoverInquiry.Frozen;
import io.tharsis.replication.remote.Front;
import io.tharsis.replication.wire.Hello;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** An open replica in its place. Lives on the replica's owner; made there, called there. */
sealed interface Lodger permits PrimaryLodger, SecondaryLodger {

  /** Told on the replica's owner. */
  interface Listener extends SecondaryReplica.Listener {
    /** Looked at now and then by whoever keeps the place: nobody has to be told. */
    @Override
    default void progressed() {}

    /** Nothing was there before it was opened: what is there afterwards has come by that. */
    void foundNothing();

    /** The replica takes no log any more, and must be opened again. */
    @Override
    void stopped(String reason);

    /** Something has to be remembered or shown before the next look. */
    void changed();

    /** What GOOD promises from the beginning, if it is written to. */
    ReplicationMode mode();

    /** Whether it is still to be opened; if not it may be put off, to be gone on with later. */
    @Override
    boolean isWanted();

    /** What it was is worth nothing in a moment; succeeds when others have been told, durably. */
    @Override
    Async<Void> flipping();
  }

  /**
   * Who may be asked for log and chunks, best first.
   *
   * @param log for log
   * @param sync for chunks
   * @param led whether the first one for log is the primary
   */
  record Sources(List<FetchSource> log, List<FetchSource> sync, boolean led) {
    /** Nobody. */
    static final Sources NONE = new Sources(List.of(), List.of(), false);

    /** Lists that nobody changes. */
    public Sources {
      log = List.copyOf(log);
      sync = List.copyOf(sync);
    }
  }

  /** Whether initiators write to it. */
  boolean isPrimary();

  /**
   * Goes on in the other role, in place; this one is over then, whether that succeeds or not. If it
   * fails the replica is closed, and opened as its deed says.
   *
   * @param deed what it is to be, durably
   */
  Async<Lodger> turn(Deed deed, Listener listener);

  /** Holds all writes at a primary; succeeds when the others are durable, with where they end. */
  default Async<Frozen> freeze() {
    return Async.failed(new IOException("the replica writes no log"));
  }

  /** Goes on with what was held. Idempotent. */
  default void thaw() {}

  /** At a primary, whose log may or may not be frozen: it writes and reads nothing any more. */
  default Async<Void> cede() {
    return Async.done();
  }

  /** Makes a secondary ready to go on as primary soon; undone by {@link #permit}. */
  default Async<Void> prepareTakeOver() {
    return Async.failed(new IOException("the replica is the primary's own"));
  }

  /** Succeeds when all log below is durable here; fails if that takes too long. */
  default Async<Void> untilDurable(long lsn, Duration patience) {
    return Async.failed(new IOException("the replica writes its log itself"));
  }

  /** From now on what initiators want is done in this replica, which is the primary's. */
  default void serve(Front front) {}

  /** What GOOD promises from now on, if it is written to. */
  default void promise(ReplicationMode mode) {}

  /** Id of the resource. */
  UUID resource();

  /** Size of its volume. */
  long sizeBytes();

  /** What it may do. */
  default void permit(SecondaryReplica.Permissions may) {}

  /** Whom it may ask. */
  default void sources(Sources sources) {}

  /**
   * Counts another node as a member, anew if its log is to begin anew.
   *
   * @return where its log is to begin; empty if that cannot be said now
   */
  default Optional<Long> admit(UUID member, boolean anew) {
    return Optional.empty();
  }

  /** What a member misses whose log is to begin anew at a base; empty if it cannot be told. */
  default Async<Optional<Delta>> delta(Standing standing, long baseLsn) {
    return Async.of(Optional.empty());
  }

  /** Keeps nothing for a member any more. */
  default void dismiss(UUID member) {}

  /**
   * Log from there on is kept for other members, at a secondary as long as there is room for it.
   */
  default void keepFrom(long lsn) {}

  /** Decides about a link that another node opens about this resource. */
  Acceptance accept(Hello.Purpose purpose);

  /** Puts a bookmark into the log of a primary; succeeds with the LSN behind it. */
  default Async<Long> mark() {
    return Async.failed(new IOException("the replica writes no log"));
  }

  /** What the disk holds at one moment. */
  DiskDigests digests();

  /** Syncs regions once more. */
  default Async<Void> repair(RegionSet regions) {
    return Async.failed(new IOException("the replica is the primary's own"));
  }

  /** What a secondary has staged counts from now on, though it is not all that it needs. */
  default void flip() {}

  /** Looks through its log. */
  Surveyor surveyor();

  /** What its log has from a place on, as far as that was looked at until now. */
  default Async<LogSurvey.Found> survey(long fromLsn) {
    return surveyor().look(fromLsn);
  }

  /** The branches that are kept beside its log. */
  BranchShelf branches();

  /**
   * Succeeds when nothing of the log, and of what is beside it, is being read any more; both can be
   * asked no more then.
   */
  default Async<Void> lookNoMore() {
    return surveyor().close().then(done -> branches().close());
  }

  /** Begins a new logfile at a primary; succeeds with whether there was anything in the old one. */
  default Async<Boolean> rotate() {
    return Async.failed(new IOException("the replica writes no log"));
  }

  /** Gives back the log space that nobody needs. */
  Async<LogSpace> giveBack();

  /** Makes the disk ready for a larger volume; fails if it cannot be that large now. */
  Async<Void> prepareSize(long sizeBytes);

  /** Makes the volume larger, at a primary. */
  default Async<Void> resize(long sizeBytes) {
    return Async.failed(new IOException("the replica writes no log"));
  }

  /** How it is doing. */
  Report report();

  /** Takes the LUN back, finishes, and closes log and disk. */
  Async<Void> close();
}
