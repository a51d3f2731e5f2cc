package io.tharsis.server.iscsi;

/**
 * Command numbering of one session, RFC 7143 4.2.2: which CmdSN comes next and how many more the
 * initiator may send. Owned by the session's one connection.
 *
 * <p>Invariants: MaxCmdSN never goes back; MaxCmdSN - ExpCmdSN + 1 is at most the depth; places
 * taken are those of commands received and not yet answered.
 */
final class CommandWindow {

  private final int depth;
  private int expCmdSn;
  private int maxCmdSn;
  private int taken;
  private boolean closed;

  /**
   * @param depth commands that may be outstanding
   * @param expCmdSn the first CmdSN expected
   */
  CommandWindow(int depth, int expCmdSn) {
    this.depth = depth;
    this.expCmdSn = expCmdSn;
    this.maxCmdSn = expCmdSn + depth - 1;
  }

  /** Serial number arithmetic, RFC 1982: whether {@code a} is before {@code b}. */
  static boolean before(int a, int b) {
    return a - b < 0;
  }

  int expCmdSn() {
    return expCmdSn;
  }

  /** MaxCmdSN to be told now; opens the window as far as places are free. */
  int maxCmdSn() {
    int free = closed ? 0 : Math.max(0, depth - taken);
    int candidate = expCmdSn + free - 1;
    if (before(maxCmdSn, candidate)) {
      maxCmdSn = candidate;
    }
    return maxCmdSn;
  }

  /** Whether the initiator may send this number; others are ignored without a word. */
  boolean contains(int cmdSn) {
    return !before(cmdSn, expCmdSn) && !before(maxCmdSn, cmdSn);
  }

  /** The expected number has arrived. */
  void advance() {
    expCmdSn++;
    if (before(maxCmdSn, expCmdSn - 1)) {
      maxCmdSn = expCmdSn - 1;
    }
  }

  /** A command holds a place until {@link #leave}. */
  void enter() {
    taken++;
  }

  /** A command was answered or aborted. */
  void leave() {
    taken--;
  }

  /** No new places while {@code closed}: memory is short. */
  void closed(boolean closed) {
    this.closed = closed;
  }
}
