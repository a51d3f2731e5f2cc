package io.tharsis.logfiles.seam;

import java.util.Arrays;

/** Checks about ourselves that are always on. A broken one stops the resource, and only that. */
public final class Invariant {

  private Invariant() {}

  /** Thrown when an invariant does not hold: a bug in this program, never the world's fault. */
  public static final class Broken extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    public Broken(String message) {
      super(message);
    }
  }

  /** Throws {@link Broken} unless {@code condition}. */
  public static void check(boolean condition, String what) {
    if (!condition) {
      throw new Broken(what);
    }
  }

  /** Throws {@link Broken} unless {@code condition}; the values go into the message. */
  public static void check(boolean condition, String what, long a) {
    if (!condition) {
      throw new Broken(what + " [" + a + "]");
    }
  }

  /** Throws {@link Broken} unless {@code condition}; the values go into the message. */
  public static void check(boolean condition, String what, long a, long b) {
    if (!condition) {
      throw new Broken(what + " [" + a + ", " + b + "]");
    }
  }

  /** Throws {@link Broken} unless {@code condition}; the values go into the message. */
  public static void check(boolean condition, String what, Object... values) {
    if (!condition) {
      throw new Broken(what + " " + Arrays.toString(values));
    }
  }
}
