package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.StateSnapshot;
import io.tharsis.logfiles.format.StateSnapshot.VolumeState;
import io.tharsis.logfiles.seam.Entropy;
import java.util.List;
import java.util.Optional;

/** The state of the volumes with which an epoch begins: as the log had it, if it did. */
record VolumeStates(List<LoggedVolume> volumes) {

  List<VolumeState> of(Optional<StateSnapshot> known, Entropy entropy) {
    return volumes.stream()
        .map(volume -> of(volume, known.flatMap(all -> all.volume(volume.number())), entropy))
        .toList();
  }

  private static VolumeState of(
      LoggedVolume volume, Optional<VolumeState> before, Entropy entropy) {
    return new VolumeState(
        volume.number(),
        before.map(VolumeState::id).orElseGet(entropy::nextUuid),
        volume.sizeBytes(),
        volume.writeCache() == WriteCache.FLUSH,
        before.map(VolumeState::scsi).orElse(Blob.EMPTY));
  }
}
