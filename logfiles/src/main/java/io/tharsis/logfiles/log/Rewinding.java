package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.Checkpoint;
import io.tharsis.logfiles.format.DiskStamp;
import io.tharsis.logfiles.format.LogfileHeader;
import io.tharsis.logfiles.format.StateSnapshot;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Store;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Takes from a log what lies beyond a fork: the log ends there afterwards, and is continued as
 * another member has it. What was beyond is kept beside it as a branch. If some of that has reached
 * the disks, the regions that it touched are dirty from then on.
 *
 * <p>A crash leaves, after every step, a resource that can be opened as it is, with a shorter
 * branch still in its log; so this is repeated until it has succeeded, and then nothing is left to
 * do. What is dirty is durable before the checkpoint goes back, that before the first logfile
 * leaves; the newest logfile leaves first, and the one with the fork in it is shortened from its
 * end.
 */
public final class Rewinding {

  private final Seams seams;
  private final Fork fork;
  private final OpenedFiles files;
  private final LogCandidates found;
  private final CheckpointFile checkpoint;
  private final int last;

  private Rewinding(
      Seams seams, Fork fork, OpenedFiles files, LogCandidates found, CheckpointFile checkpoint) {
    this.seams = seams;
    this.fork = fork;
    this.files = files;
    this.found = found;
    this.checkpoint = checkpoint;
    int below = 0;
    while (below < found.chain().size()
        && found.chain().get(below).header().baseLsn() < fork.lsn()) {
      below++;
    }
    this.last = below - 1;
  }

  /**
   * Rewinds the log of a resource that is not open. Fails with {@link CannotRewind} where the log
   * does not reach back to the fork, or is not of that history there: then it must begin anew.
   * Nothing has changed then.
   */
  public static Async<Void> run(Seams seams, Fork fork) {
    OpenedFiles files = new OpenedFiles(seams.store());
    Supplier<Async<Void>> end =
        () ->
            Async.each(
                List.<Supplier<Async<Void>>>of(files::closeAll, files::unlock), Supplier::get);
    return seams
        .store()
        .lock()
        .then(locked ->
            open(seams, fork, files)
                .then(Rewinding::rewind)
                .orElse(cause -> Async.failedAfter(end.get(), cause))
                .then(done -> end.get()));
  }

  private static Async<Rewinding> open(Seams seams, Fork fork, OpenedFiles files) {
    return new StageFiles(seams.store())
        .phase()
        .then(phase ->
            phase == StageFiles.Phase.NONE
                ? files.open(CheckpointFile.NAME)
                : Async.failed(
                    refusal("what is staged beside the replica must be given up before")))
        .then(CheckpointFile::read)
        .then(read ->
            read.isPresent()
                ? Async.of(read.get())
                : Async.failed(refusal("there is no resource in " + seams.store().name())))
        .then(checkpoint ->
            LogCandidates.read(files, checkpoint.inForce().resourceId())
                .map(found -> new Rewinding(seams, fork, files, found, checkpoint)));
  }

  private static IOException refusal(String why) {
    return new CannotRewind(why);
  }

  private LogCandidates.Begun file() {
    return found.chain().get(last);
  }

  private List<LogCandidates.Begun> behind() {
    return found.chain().subList(last + 1, found.chain().size());
  }

  /** Where the logfile with the fork in it ends, at most. */
  private long limitLsn() {
    return behind().isEmpty()
        ? file().header().limitLsn()
        : behind().getFirst().header().predecessor().endLsn();
  }

  private Async<Void> rewind() {
    if (last < 0) {
      return Async.failed(refusal("the log does not reach back to LSN " + fork.lsn()));
    }
    LogfileHeader header = file().header();
    if (!header.epoch().id().equals(fork.epochId()) || limitLsn() < fork.lsn()) {
      return Async.failed(
          refusal("LSN %d of the log is not of epoch %s".formatted(fork.lsn(), fork.epochId())));
    }
    BranchScan below = new BranchScan(Long.MAX_VALUE);
    return below
        .walk(file(), header.baseLsn(), fork.lsn())
        .then(end ->
            end == fork.lsn() && below.state().isPresent()
                ? beyond(below.state().get())
                : isWholeUpTo(end)
                    ? Async.done()
                    : Async.failed(refusal("the log is damaged below LSN " + fork.lsn())));
  }

  /** Whether the log may just end there. */
  private boolean isWholeUpTo(long end) {
    return behind().isEmpty() && checkpoint.inForce().progress().horizonLsn() <= end;
  }

  private Async<Void> beyond(StateSnapshot state) {
    return DirtyFile.open(files, checkpoint.inForce().resourceId())
        .then(found ->
            switch (found) {
              case DirtyFile.Found.Known(DirtyFile known) -> beyond(state, Optional.of(known));
              // Everything will be called dirty when it is opened.
              case DirtyFile.Found.Unknown(DirtyFile unknown, String reason) ->
                  beyond(state, Optional.empty());
            });
  }

  private Async<Void> beyond(StateSnapshot state, Optional<DirtyFile> dirty) {
    long horizon = checkpoint.inForce().progress().horizonLsn();
    long newest = dirty.map(file -> file.inForce().newest().lsn()).orElse(0L);
    long touchedTo = Math.max(horizon, newest);
    boolean isTouched = touchedTo > fork.lsn();
    boolean isStray =
        dirty.filter(file -> file.inForce().newest().isStray(state.lineage())).isPresent();
    BranchScan scan = new BranchScan(touchedTo);
    return scanBranch(scan)
        .then(end -> {
          if (end == fork.lsn() && behind().isEmpty() && !isTouched) {
            return Async.done();
          }
          long tail = behind().isEmpty() ? end : limitLsn();
          Optional<BranchDirt> dirt =
              dirty.filter(it -> isTouched).map(it -> new BranchDirt(it, state, fork));
          return keepTail(tail)
              .then(done ->
                  dirt.map(it -> it.mark(scan.touched(), end < touchedTo || isStray))
                      .orElseGet(Async::done))
              .then(done -> cut(state, isTouched))
              .then(done ->
                  BranchCopy.wipe(
                      file().disk(),
                      file().header().fileOffset(fork.lsn()),
                      file().header().fileOffset(tail)));
        });
  }

  /** Gives up to where it can be read. */
  private Async<Long> scanBranch(BranchScan scan) {
    long[] end = {fork.lsn()};
    List<LogCandidates.Begun> all = new ArrayList<>();
    all.add(file());
    all.addAll(behind());
    return Async.forEach(
            all,
            one -> {
              int next = found.chain().indexOf(one) + 1;
              long from = Math.max(fork.lsn(), one.header().baseLsn());
              long limit =
                  next < found.chain().size()
                      ? found.chain().get(next).header().predecessor().endLsn()
                      : one.header().limitLsn();
              return end[0] < from || from == limit
                  ? Async.done()
                  : scan.walk(one, from, limit)
                      .map(reached -> {
                        end[0] = reached;
                        return null;
                      });
            })
        .map(done -> end[0]);
  }

  /** The logfile with the fork in it stays, so the branch gets a copy, before it is shortened. */
  private Async<Void> keepTail(long end) {
    return end <= fork.lsn()
        ? Async.done()
        : new BranchCopy(files, LogBranches.fileName(fork, file().name()))
            .make(file().disk(), file().header().fileOffset(end));
  }

  /** From here on the log gets shorter. */
  private Async<Void> cut(StateSnapshot state, boolean isTouched) {
    Checkpoint before = checkpoint.inForce();
    Checkpoint.Progress progress =
        new Checkpoint.Progress(
            Math.min(before.progress().checkpointLsn(), fork.lsn()),
            Math.min(before.progress().horizonLsn(), fork.lsn()),
            file().header().epoch().number(),
            fork.epochId());
    return checkpoint
        .makeDurable()
        .then(done -> checkpoint.update(progress, isTouched ? List.of() : before.applied()))
        .then(done -> Async.forEach(smaller(state), checkpoint::stamp))
        .then(done -> SummaryFiles.open(files, before.resourceId()))
        .then(summaries -> summaries.forgetFrom(fork.lsn()).then(done -> summaries.close()))
        .then(done -> Async.forEach(behind().reversed(), this::moveAway));
  }

  /**
   * A volume that has grown in the branch only: what is behind its end must be made zeros again.
   */
  private List<DiskStamp> smaller(StateSnapshot state) {
    List<DiskStamp> smaller = new ArrayList<>();
    for (DiskStamp stamp : checkpoint.inForce().disks()) {
      state
          .volume(stamp.volume())
          .filter(volume -> volume.sizeBytes() < stamp.sizeBytes())
          .ifPresent(volume -> smaller.add(stamp.sized(volume.sizeBytes())));
    }
    return smaller;
  }

  private Async<Void> moveAway(LogCandidates.Begun one) {
    Store store = seams.store();
    return store
        .rename(one.name(), LogBranches.fileName(fork, one.name()))
        .then(done -> store.syncDirectory());
  }
}
