package io.tharsis.logfiles.seam;

import java.io.IOException;

/**
 * A write, a creation or an allocation found no free space or no quota. Unlike other I/O errors it
 * says nothing bad about the medium and may go away by itself.
 */
public class NoSpaceException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Names what had no space. */
  public NoSpaceException(String message) {
    super(message);
  }
}
