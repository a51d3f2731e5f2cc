package io.tharsis.logfiles.seam;

import java.util.UUID;

/** Random numbers for ids and jitter. */
public interface Entropy {

  /** 64 random bits. */
  long nextLong();

  /** A random UUID, RFC 9562 version 4. */
  default UUID nextUuid() {
    long high = (nextLong() & ~0xF000L) | 0x4000L;
    long low = (nextLong() & ~(0b11L << 62)) | (0b10L << 62);
    return new UUID(high, low);
  }
}
