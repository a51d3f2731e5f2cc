package io.tharsis.logfiles.host;

import io.tharsis.logfiles.seam.NoSpaceException;
import java.io.IOException;

/** The errno values that decide something here, and what all of them become: an IOException. */
public final class Errno {

  /** A signal came first; nothing was done. */
  public static final int EINTR = 4;

  /** Would have to wait. */
  public static final int EAGAIN = 11;

  /** It was given up. */
  public static final int ECANCELED = 125;

  static final int EINVAL = 22;
  static final int ESPIPE = 29;
  static final int ENOSYS = 38;
  static final int EOPNOTSUPP = 95;
  private static final int ENOSPC = 28;
  private static final int EDQUOT = 122;

  private Errno() {}

  /** The exception for a result that is a negative errno: the file's name and the system's text. */
  public static IOException exception(String name, long result) {
    int errno = (int) -result;
    String message = name + ": " + Libc.strerror(errno);
    return errno == ENOSPC || errno == EDQUOT
        ? new NoSpaceException(message)
        : new IOException(message);
  }

  /** Passes on a result that is not negative. */
  static long check(String name, long result) throws IOException {
    if (result < 0) {
      throw exception(name, result);
    }
    return result;
  }
}
