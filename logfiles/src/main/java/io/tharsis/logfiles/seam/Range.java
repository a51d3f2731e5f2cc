package io.tharsis.logfiles.seam;

/**
 * A half-open range of bytes {@code [from, to)}, never empty.
 *
 * @param from first byte
 * @param to one past the last byte
 */
public record Range(long from, long to) {

  public Range {
    Invariant.check(0 <= from && from < to, "range", from, to);
  }

  /** Bytes in the range. */
  public long lengthBytes() {
    return to - from;
  }
}
