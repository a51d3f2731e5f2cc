package io.tharsis.logfiles.seam;

/** What the success of a write promises. */
public enum Durability {
  /** The bytes are readable; a crash of the host may lose them until {@link Disk#sync} succeeds. */
  BUFFERED,
  /** The bytes of this write are on stable storage. Says nothing about earlier buffered writes. */
  DURABLE
}
