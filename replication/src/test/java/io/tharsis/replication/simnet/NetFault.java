package io.tharsis.replication.simnet;

/** What goes wrong on the way. */
public enum NetFault {
  /** A connection breaks, and both ends are told soon. */
  BREAK,
  /** A connection is forgotten on the way: nothing arrives any more and nobody is told. */
  VANISH,
  /** Bytes arrive seconds later, and everything behind them. */
  DELAY,
  /** A bit is flipped that nothing below has noticed. */
  FLIP,
  /** A connection is refused. */
  REFUSE
}
