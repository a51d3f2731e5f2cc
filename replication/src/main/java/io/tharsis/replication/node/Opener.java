package io.tharsis.replication.node;

import io.tharsis.logfiles.log.Delta;
import io.tharsis.logfiles.log.LogConfig;
import io.tharsis.logfiles.log.LogStart;
import io.tharsis.logfiles.log.Seams;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.volume.ResourceConfig;
import io.tharsis.logfiles.volume.VolumeConfig;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import io.tharsis.replication.member.ReplicaSeams;
import io.tharsis.replication.member.ReplicaSetting;
import io.tharsis.replication.node.SecondaryLodger.Beginning;
import io.tharsis.replication.node.SecondaryLodger.Opening;
import java.util.List;
import java.util.Optional;

/**
 * Opens a replica as its deed says; leaves nothing open if that fails. Made on the node's owner,
 * used on the replica's.
 */
record Opener(
    Surroundings around, Place place, Deed deed, Mending mending, Lodger.Listener listener) {

  /**
   * How it is opened if not as usual.
   *
   * @param cutting whether the log may be cut where it is damaged
   * @param delta what it misses if it begins anew, if that is known
   * @param beside where its log begins, if it is to begin anew beside what it is
   */
  record Mending(boolean cutting, Optional<Delta> delta, Optional<LogStart> beside) {}

  Async<Lodger> open() {
    Place.DiskWish wish = deed.holding().wish();
    return place
        .open(wish)
        .then(this::looked)
        .then(seams -> place.disk(wish).then(disk -> sized(disk).then(done -> open(seams, disk))))
        .orElse(cause -> place.vacate().then(done -> Async.failed(cause)));
  }

  private Async<Seams> looked(Seams seams) {
    return seams
        .store()
        .list()
        .map(names -> {
          if (names.isEmpty()) {
            listener.foundNothing();
          }
          return seams;
        });
  }

  /** What is to become a copy is made large enough; what is one already is checked by its log. */
  private Async<Void> sized(Disk disk) {
    long wanted = deed.holding().sizeBytes().orElse(0);
    if (disk.sizeBytes() >= wanted) {
      return Async.done();
    }
    Async<Void> ready =
        switch (deed.stage()) {
          case JOINING, RENEWING ->
              disk.grow(wanted).orElse(cause -> Async.failed(tooSmall(cause.getMessage())));
          case MAKING ->
              Async.failed(
                  tooSmall(
                      "%s has %d bytes and is to have %d"
                          .formatted(disk.name(), disk.sizeBytes(), wanted)));
          case MEMBER, LEAVING -> Async.done();
        };
    return ready.orElse(
        cause -> disk.close().orElse(again -> Async.done()).then(done -> Async.failed(cause)));
  }

  private static RefusedException tooSmall(String words) {
    return Refusal.host("disk-size", words, "a larger disk").thrown();
  }

  private Async<Lodger> open(Seams local, Disk disk) {
    ReplicaSetting setting =
        ReplicaSetting.of(
            new ResourceConfig(
                deed.name(),
                List.of(
                    new VolumeConfig(
                        disk, deed.holding().writeCache().cache(), deed.holding().sizeBytes())),
                new LogConfig(around.setting().log(), around.writer(), mending.cutting())),
            around.setting().codec());
    ReplicaSeams seams =
        new ReplicaSeams(local, around.seams().links(), around.allowance(place.owner()));
    Async<Lodger> opened =
        deed.isPrimary()
            ? PrimaryLodger.open(place, setting, seams, deed, listener)
            : SecondaryLodger.open(
                place,
                setting,
                seams,
                new Beginning(
                    opening(),
                    mending.beside().or(deed::start),
                    mending.delta(),
                    deed.rewinding(),
                    Keeping.from(deed)),
                listener);
    return opened.orElse(
        cause -> disk.close().orElse(again -> Async.done()).then(done -> Async.failed(cause)));
  }

  private Opening opening() {
    return switch (deed.stage()) {
      case JOINING -> Opening.OR_MADE;
      case RENEWING -> Opening.ANEW;
      case MAKING, MEMBER, LEAVING -> {
        if (deed.rewinding().isPresent()) {
          yield Opening.REWOUND;
        }
        yield mending.beside().isPresent() ? Opening.BESIDE : Opening.AS_IT_IS;
      }
    };
  }
}
