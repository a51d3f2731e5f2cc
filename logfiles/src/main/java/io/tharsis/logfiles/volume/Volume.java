package io.tharsis.logfiles.volume;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * One block device of a resource as the SCSI side sees it: the only seam between SCSI and storage.
 * What is behind it may change when roles change. All methods are called on the resource's owner;
 * every operation completes there, never before the call that started it has returned.
 *
 * <p>Offsets and lengths are bytes, multiples of 512, inside {@code [0, sizeBytes)}; the caller has
 * checked that. Operations that overlap in time and in range may take effect in either order; one
 * that is started after another's completion sees its effect.
 */
public interface Volume {

  /** The resource this volume belongs to; identity (NAA, serial number) derives from it. */
  UUID resourceId();

  /** Number of this volume within its resource. */
  int number();

  /** Size in bytes. */
  long sizeBytes();

  /** What GOOD on a write means. */
  WriteCache writeCache();

  /**
   * Reads the remaining bytes of {@code into} (direct); its position is left as it is. Sees every
   * write that has completed.
   */
  void read(long offset, ByteBuffer into, VolumeCompletion done);

  /**
   * Writes the remaining bytes of {@code from} (direct), which stay unchanged until completion.
   * Completes when GOOD may be sent: on stable storage with {@code forceUnitAccess} or {@link
   * WriteCache#DURABLE}, in the log else. May wait for room; the ticket takes it back as long as it
   * does.
   */
  Ticket write(long offset, ByteBuffer from, boolean forceUnitAccess, VolumeCompletion done);

  /**
   * Makes a range read as zeros, exact to the byte; waits, completes and is taken back as a write.
   */
  Ticket unmap(long offset, long lengthBytes, VolumeCompletion done);

  /** Completes when every write that completed before the call is on stable storage. */
  void flush(VolumeCompletion done);

  /**
   * Takes a read or a flush back if it waits and nothing of it has begun, as a ticket does with a
   * change.
   *
   * @param done of the operation
   * @return true: its buffer is free at once and its completion is never called; false: it is
   *     called as ever or has been
   */
  default boolean withdraw(VolumeCompletion done) {
    return false;
  }
}
