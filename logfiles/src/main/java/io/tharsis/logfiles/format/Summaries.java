package io.tharsis.logfiles.format;

import io.tharsis.logfiles.seam.Invariant;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Questions that several summaries together answer. */
public final class Summaries {

  private Summaries() {}

  /** What is known about the regions that a part of the stream touched. */
  public sealed interface Touched {
    /** At least these regions were touched, and no others, by volume; the sets are frozen. */
    record Known(SortedMap<Integer, RegionSet> regions) implements Touched {}

    /**
     * It cannot be told.
     *
     * @param missingNumber the logfile whose summary is missing
     */
    record Unknown(long missingNumber, String reason) implements Touched {}
  }

  /**
   * The regions touched in {@code (from, to]} of the stream: by every record that ends above {@code
   * from} and begins below {@code to}. Whole logfiles count, so more regions than necessary may be
   * told, never fewer. Between logfiles of consecutive numbers there is nothing, even where one
   * does not begin at the very LSN at which the other ended.
   *
   * @param summaries of one lineage, in any order, one per logfile
   */
  public static Touched regionsTouched(List<Summary> summaries, long from, long to) {
    Invariant.check(0 <= from && from <= to, "from, to", from, to);
    List<Summary> inOrder =
        summaries.stream()
            .sorted(Comparator.comparingLong(summary -> summary.piece().number()))
            .toList();
    SortedMap<Integer, RegionSet> regions = new TreeMap<>();
    long reached = from;
    long lastNumber = 0;
    for (Summary summary : inOrder) {
      Summary.Piece piece = summary.piece();
      if (piece.baseLsn() > reached && piece.number() == lastNumber + 1) {
        reached = piece.baseLsn();
      }
      if (reached < to && piece.baseLsn() > reached) {
        return new Touched.Unknown(piece.number() - 1, gap(reached, piece.baseLsn()));
      }
      if (reached < to && piece.endLsn() > reached) {
        join(regions, summary);
        reached = piece.endLsn();
      }
      lastNumber = piece.number();
    }
    if (reached < to) {
      return new Touched.Unknown(lastNumber + 1, gap(reached, to));
    }
    regions.values().forEach(RegionSet::freeze);
    return new Touched.Known(Collections.unmodifiableSortedMap(regions));
  }

  private static String gap(long from, long to) {
    return "nothing is known from LSN " + from + " to " + to;
  }

  private static void join(SortedMap<Integer, RegionSet> regions, Summary summary) {
    summary
        .touched()
        .forEach((volume, set) ->
            regions.computeIfAbsent(volume, absent -> new RegionSet()).addAll(set));
  }
}
