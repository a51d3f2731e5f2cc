package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.format.DiskStamp;
import io.tharsis.logfiles.format.StateSnapshot;
import io.tharsis.logfiles.log.LogOpening;
import io.tharsis.logfiles.seam.Async;
import java.util.List;
import java.util.Optional;

/**
 * How large the volumes of a replica are that is being opened: as the newest state in its log says,
 * or else as its checkpoint says that the disks were when it was made.
 */
record OpenedSizes(LogOpening opening, List<VolumeCopy> volumes) {

  /** Tells the copies, as far as the log knows them. */
  void tell() {
    volumes.forEach(copy -> copy.opened(known(copy)));
  }

  /** At a secondary, whose log may begin before the record that says so. */
  List<Long> wanted(List<VolumeConfig> configured) {
    return volumes.stream()
        .map(copy -> Math.max(known(copy), configured.get(copy.number()).sizeBytes().orElse(0)))
        .toList();
  }

  /** Tells the copies what their disks are ready for, of what is wanted. */
  void tellReady(List<Long> wanted) {
    volumes.forEach(
        copy -> copy.opened(Math.min(wanted.get(copy.number()), ready(copy).orElse(0L))));
  }

  private Optional<Long> ready(VolumeCopy copy) {
    return opening.checkpoint().disks().stream()
        .filter(stamp -> stamp.volume() == copy.number())
        .map(DiskStamp::sizeBytes)
        .findFirst();
  }

  private long known(VolumeCopy copy) {
    return opening
        .state()
        .flatMap(state -> state.volume(copy.number()))
        .map(StateSnapshot.VolumeState::sizeBytes)
        .or(() -> ready(copy))
        .orElseGet(copy::sizeBytes);
  }

  /** Makes the disks as large as the volumes; the disks have been checked. */
  Async<Void> prepare() {
    Enlargement disks = Enlargement.of(opening);
    return Async.forEach(volumes, copy -> disks.prepare(copy, copy.sizeBytes()));
  }
}
