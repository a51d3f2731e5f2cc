package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.DirtyRegions;
import io.tharsis.logfiles.format.RegionSet;
import io.tharsis.logfiles.format.StateSnapshot;
import io.tharsis.logfiles.seam.Async;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Calls dirty what of a branch has reached the disks. Belongs to a {@link Rewinding}.
 *
 * @param file what was dirty before
 * @param state of the volumes at the fork: what is behind their ends is nobody's
 * @param fork where the branch begins
 */
record BranchDirt(DirtyFile file, StateSnapshot state, Fork fork) {

  /**
   * Succeeds when it is durable.
   *
   * @param touched by the branch
   * @param isMore whether it may have touched anything
   */
  Async<Void> mark(SortedMap<Integer, RegionSet> touched, boolean isMore) {
    DirtyRegions before = file.inForce();
    SortedMap<Integer, RegionSet> all = new TreeMap<>();
    before.regions().forEach((volume, set) -> all.put(volume, set.copy()));
    for (StateSnapshot.VolumeState volume : state.volumes()) {
      RegionSet set = all.computeIfAbsent(volume.number(), any -> new RegionSet());
      if (isMore) {
        set.add(0, volume.sizeBytes());
      } else {
        RegionSet branch = touched.getOrDefault(volume.number(), new RegionSet());
        branch.runs((from, to) -> addBelow(set, from, Math.min(to, volume.sizeBytes())));
      }
    }
    all.values().removeIf(RegionSet::isEmpty);
    // What contents of the branch were synced is dirty again, if it was newer than the fork.
    DirtyRegions.Stamp newest =
        before.newest().lsn() > fork.lsn()
            ? new DirtyRegions.Stamp(fork.lsn(), fork.epochId())
            : before.newest();
    return file.update(newest, all);
  }

  private static void addBelow(RegionSet set, long from, long to) {
    if (from < to) {
      set.add(from, to - from);
    }
  }
}
