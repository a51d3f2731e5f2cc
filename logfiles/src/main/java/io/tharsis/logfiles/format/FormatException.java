package io.tharsis.logfiles.format;

import java.io.IOException;

/** Bytes that are not what they should be; thrown by readers of variable-length contents. */
public final class FormatException extends IOException {
  private static final long serialVersionUID = 1L;

  private final long offset;

  /**
   * Says where and why.
   *
   * @param offset of the first byte that is wrong, from the beginning of what was read
   */
  public FormatException(long offset, String reason) {
    super(reason + " at byte " + offset);
    this.offset = offset;
  }

  /** The first byte that is wrong, from the beginning of what was read. */
  public long offset() {
    return offset;
  }
}
