package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.log.LogDamage;
import io.tharsis.logfiles.log.LogOpening;
import io.tharsis.logfiles.log.RecoveredChange;
import io.tharsis.logfiles.log.Seams;
import io.tharsis.logfiles.seam.Async;
import java.io.IOException;
import java.util.List;

/**
 * Are the disks still what a side log was collected for? Its own checkpoint says nothing of them
 * before some of it is on them; the old log's does until then. Changes nothing on the disks.
 *
 * @param config of the side log; its disks are somebody else's to close
 * @param former where the old log is
 * @param side where the side log is
 */
record FlipCheck(ResourceConfig config, Seams former, Seams side) {

  /** Fails with {@link LogDamage} if they are not. */
  Async<Void> run() {
    List<VolumeCopy> copies = VolumeCopy.of(config);
    return recover(side, copies)
        .then(replay -> {
          boolean begun = replay.checkpoint().progress().checkpointLsn() > 0;
          return replay.abandon().then(done -> begun ? Async.done() : compare(copies));
        });
  }

  /** What the side log has may be on the disks in part, and so may the end of the old log. */
  private Async<Void> compare(List<VolumeCopy> copies) {
    return recover(former, copies)
        .then(old ->
            new DiskCheck(old.checkpoint(), copies)
                .run(true)
                .orElse(old.abandoning())
                .then(done -> old.abandon()))
        .orElse(cause -> says(cause) ? Async.failed(cause) : Async.done());
  }

  /** A log that counts no more need not be sound; then nothing tells what the disks were. */
  private static boolean says(IOException cause) {
    return !(cause instanceof LogDamage damage) || damage.code() == LogDamage.Code.FOREIGN_DISK;
  }

  private Async<LogOpening> recover(Seams log, List<VolumeCopy> copies) {
    // LSNs of two logs do not compare; what matters is only which ranges either covers
    RecoveredChange cover = (entry, _) -> copies.get(entry.volume()).cover(entry, 0);
    return LogOpening.openReceived(
        log, config.log(), copies.stream().map(VolumeCopy::stamp).toList(), cover);
  }
}
