package io.tharsis.replication.node;

import io.tharsis.logfiles.log.Seams;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Entropy;
import io.tharsis.logfiles.seam.Owner;
import io.tharsis.logfiles.volume.LoggedResource;
import io.tharsis.replication.control.WriteCacheMode;
import io.tharsis.replication.remote.Front;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where one replica lives. Everything but {@link #owner} and {@link #clock} is called on that
 * owner, and answers there.
 */
public interface Place {

  /**
   * The disk of a replica.
   *
   * @param path of the file or block device
   * @param sizeBytes how large the volume on it is; a file that does not exist or is empty is made
   *     so, another disk stays as it is, larger or smaller. Empty means: as it is
   * @param writeCache what GOOD on a write means; decides how its log is written
   */
  record DiskWish(String path, OptionalLong sizeBytes, WriteCacheMode writeCache) {}

  /** The owner of the replica; the same as long as the place is kept. */
  Owner owner();

  /** Time for that owner. */
  Clock clock();

  /** Ids and jitter for that owner. */
  Entropy entropy();

  /** Opens the directory of the replica's log, making it if need be; closed by {@link #vacate}. */
  Async<Seams> open(DiskWish wish);

  /**
   * Opens and locks the disk, after {@link #open}; whoever asked closes it. Fails with a {@link
   * io.tharsis.replication.control.RefusedException} where only an operator can help.
   */
  Async<Disk> disk(DiskWish wish);

  /**
   * Lets initiators reach the volumes of a resource, as the LUNs of its target.
   *
   * @param ports through which nodes they are reached
   * @param wish how initiators can wish that this node be the primary; empty if it has no replica
   *     and cannot be that
   */
  Async<Void> export(Front front, Ports ports, Optional<RoleWish> wish);

  /** They are reached through other nodes than before. Nothing happens if nothing is exported. */
  default void ports(Ports now) {}

  /** The resource that is written here from now on; empty if it is not written here any more. */
  default void writing(Optional<LoggedResource> resource) {}

  /** How many initiators are logged in. */
  default int initiators() {
    return 0;
  }

  /** Takes the LUNs back; succeeds when no command is under way any more. Idempotent. */
  Async<Void> withdraw();

  /** Closes the directory; the replica was closed before. Idempotent. */
  Async<Void> vacate();

  /** Removes the directory of the log with all that is in it, after {@link #vacate}. Idempotent. */
  Async<Void> clear();

  /** Gives the place back; nothing is open in it. */
  void close();
}
