package io.tharsis.logfiles.log;

import io.tharsis.logfiles.seam.Invariant;
import java.util.ArrayList;
import java.util.List;

/**
 * What recovery does at one place of the log: every combination of what can be seen there has one
 * row with a verdict and a reason, and {@link #decide} finds it. A test walks all combinations.
 */
final class RecoveryTable {

  /** What is done. */
  enum Verdict {
    /** The record is good: it belongs to the log. */
    KEEP,
    /** The log ends here: what follows was never acknowledged. */
    CUT,
    /** The disk has all of this already: history before the checkpoint is given up. */
    FORGET,
    /**
     * Acknowledged bytes are damaged: any member that has the range can give it; without one the
     * resource does not open, and says what would be lost by cutting.
     */
    FETCH_OR_REFUSE,
    /**
     * The disk holds effects from beyond the damage: any member that has the range can give it;
     * without one this replica is not a prefix of anything.
     */
    FETCH_OR_INCONSISTENT,
    /** The evidence contradicts itself: a bug or a foreign file; nothing is touched. */
    REFUSE
  }

  /**
   * What can be seen at one position.
   *
   * @param headerOk the record's header is whole, with the right seed and LSN
   * @param bodyOk its payload is whole (never true without the header)
   * @param nextOk some record of this logfile beyond it is whole
   * @param provedDurable a later record, a later logfile, the checkpoint or the horizon proves that
   *     the writer had made this position durable
   * @param belowHorizon the disk may hold effects from here or beyond
   * @param belowCheckpoint the disk holds all effects up to beyond this position
   */
  record Evidence(
      boolean headerOk,
      boolean bodyOk,
      boolean nextOk,
      boolean provedDurable,
      boolean belowHorizon,
      boolean belowCheckpoint) {}

  private enum Is {
    YES,
    NO,
    ANY;

    boolean matches(boolean value) {
      return this == ANY || (this == YES) == value;
    }
  }

  /** One row: the first that matches decides. */
  record Row(
      Is headerOk,
      Is bodyOk,
      Is nextOk,
      Is provedDurable,
      Is belowHorizon,
      Is belowCheckpoint,
      Verdict verdict,
      String reason) {

    boolean matches(Evidence seen) {
      return headerOk.matches(seen.headerOk())
          && bodyOk.matches(seen.bodyOk())
          && nextOk.matches(seen.nextOk())
          && provedDurable.matches(seen.provedDurable())
          && belowHorizon.matches(seen.belowHorizon())
          && belowCheckpoint.matches(seen.belowCheckpoint());
    }
  }

  private static final List<Row> ROWS = rows();

  private RecoveryTable() {}

  private static List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    row(rows, "NY----", Verdict.REFUSE, "a body cannot be whole under a broken header");
    row(rows, "----NY", Verdict.REFUSE, "the checkpoint is never above the horizon");
    row(rows, "---NY-", Verdict.REFUSE, "the horizon is never above the durable LSN");
    row(rows, "YYYYYY", Verdict.KEEP, "whole; history the disk already has");
    row(rows, "YYNYYY", Verdict.KEEP, "whole, last of its file; history the disk already has");
    row(rows, "YYYYYN", Verdict.KEEP, "whole; its effect may be on the disk, applying is repeated");
    row(rows, "YYNYYN", Verdict.KEEP, "whole, last of its file; its effect may be on the disk");
    row(rows, "YYYYNN", Verdict.KEEP, "whole and durable; the overlay serves it");
    row(rows, "YYNYNN", Verdict.KEEP, "whole, durable and last of its file; the overlay serves it");
    row(rows, "YYYNNN", Verdict.KEEP, "whole; rewritten and synced before anything relies on it");
    row(rows, "YYNNNN", Verdict.KEEP, "whole, the very last; rewritten and synced first");
    row(rows, "YNYNNN", Verdict.CUT, "torn batch: its later sectors arrived, it was never proved");
    row(rows, "NNYNNN", Verdict.CUT, "torn batch: its later sectors arrived, it was never proved");
    row(rows, "YNNNNN", Verdict.CUT, "torn tail: never acknowledged as far as can be known");
    row(rows, "NNNNNN", Verdict.CUT, "the end of the log");
    row(rows, "YNYYNN", Verdict.FETCH_OR_REFUSE, "rotten body of an acknowledged record");
    row(rows, "NNYYNN", Verdict.FETCH_OR_REFUSE, "rotten header of an acknowledged record");
    row(rows, "YNNYNN", Verdict.FETCH_OR_REFUSE, "acknowledged, rotten or lost by the disk");
    row(rows, "NNNYNN", Verdict.FETCH_OR_REFUSE, "acknowledged, rotten or lost by the disk");
    row(rows, "YNYYYN", Verdict.FETCH_OR_INCONSISTENT, "rotten body; the disk went beyond it");
    row(rows, "NNYYYN", Verdict.FETCH_OR_INCONSISTENT, "rotten header; the disk went beyond it");
    row(rows, "YNNYYN", Verdict.FETCH_OR_INCONSISTENT, "lost log; the disk went beyond it");
    row(rows, "NNNYYN", Verdict.FETCH_OR_INCONSISTENT, "lost log; the disk went beyond it");
    row(rows, "YNYYYY", Verdict.FORGET, "rotten history; the disk has all of it");
    row(rows, "NNYYYY", Verdict.FORGET, "rotten history; the disk has all of it");
    row(rows, "YNNYYY", Verdict.FORGET, "lost history; the disk has all of it");
    row(rows, "NNNYYY", Verdict.FORGET, "lost history; the disk has all of it");
    return List.copyOf(rows);
  }

  /** {@code seen}: Y, N or - for header, body, next, proved, horizon, checkpoint, in this order. */
  private static void row(List<Row> rows, String seen, Verdict verdict, String reason) {
    Is[] is = new Is[6];
    for (int i = 0; i < is.length; i++) {
      is[i] =
          switch (seen.charAt(i)) {
            case 'Y' -> Is.YES;
            case 'N' -> Is.NO;
            default -> Is.ANY;
          };
    }
    rows.add(new Row(is[0], is[1], is[2], is[3], is[4], is[5], verdict, reason));
  }

  /** All rows in the order in which they are tried. */
  static List<Row> all() {
    return ROWS;
  }

  /** The row that decides; there is exactly one answer for every combination. */
  static Row decide(Evidence seen) {
    for (Row row : ROWS) {
      if (row.matches(seen)) {
        return row;
      }
    }
    throw new Invariant.Broken("no row for " + seen);
  }
}
