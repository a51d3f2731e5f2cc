package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.LogfileHeader;
import io.tharsis.logfiles.format.RecordVerdict;
import io.tharsis.logfiles.format.RecordView;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.sim.SimDirectory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What was ever shipped, byte for byte, and where it stands: the truth that a received log is held
 * against. What goes into it is checked to be durable at the source.
 */
final class ShippingBook {

  private record Page(LogfileHeader header, byte[] headerBlock, TreeMap<Long, byte[]> runs) {
    /** Bytes from the base on that are known without a gap. */
    byte[] bytes() {
      byte[] all = new byte[Math.toIntExact(endLsn() - header.baseLsn())];
      runs.forEach((lsn, run) ->
          System.arraycopy(run, 0, all, Math.toIntExact(lsn - header.baseLsn()), run.length));
      return all;
    }

    long endLsn() {
      long end = header.baseLsn();
      for (var run : runs.entrySet()) {
        if (run.getKey() > end) {
          throw new AssertionError("a gap in the book at LSN " + end);
        }
        end = Math.max(end, run.getKey() + run.getValue().length);
      }
      return end;
    }
  }

  private final TreeMap<Long, Page> pages = new TreeMap<>();
  private final NavigableSet<Long> changes = new TreeSet<>();

  /** LSNs of the records that change a disk. */
  NavigableSet<Long> changes() {
    return changes;
  }

  /** The source has answered with this run. */
  void shipped(ShippedLog.Found.Run run, SimDirectory source) {
    long number = run.position().logfileNumber();
    byte[] bytes = bytes(run.bytes());
    run.header()
        .ifPresent(block -> {
          LogfileHeader header = LogfileHeader.decode(block, 0).sound().orElseThrow();
          Page known =
              pages.computeIfAbsent(
                  number, absent -> new Page(header, bytes(block), new TreeMap<>()));
          same(known.headerBlock(), bytes(block), "two headers of logfile " + number);
        });
    Page page = Optional.ofNullable(pages.get(number)).orElseThrow();
    long lsn = run.position().lsn();
    Optional.ofNullable(page.runs().get(lsn))
        .ifPresent(known -> {
          int common = Math.min(known.length, bytes.length);
          same(
              Arrays.copyOf(known, common),
              Arrays.copyOf(bytes, common),
              "history changed at LSN " + lsn);
        });
    page.runs().merge(lsn, bytes, (a, b) -> a.length >= b.length ? a : b);
    String name = page.header().name().toString();
    long offset = page.header().fileOffset(lsn);
    same(
        source.medium(name).peekDurable(new Range(offset, offset + bytes.length)),
        bytes,
        "shipped and not durable at LSN " + lsn);
    index(page.header(), run);
  }

  private void index(LogfileHeader header, ShippedLog.Found.Run run) {
    RecordView view = new RecordView();
    ByteBuffer bytes = run.bytes();
    for (int at = 0; at < bytes.limit(); at += view.totalBytes()) {
      long lsn = run.position().lsn() + at;
      if (view.decode(header.seed(), bytes, at, lsn) != RecordVerdict.OK) {
        throw new AssertionError("no record was shipped at LSN " + lsn);
      }
      if (view.type().changesDisk()) {
        changes.add(lsn);
      }
    }
  }

  /** The logfile that has this header block and bytes must be a part of what was shipped. */
  void check(long number, byte[] headerBlock, byte[] records) {
    Page page =
        Optional.ofNullable(pages.get(number))
            .orElseThrow(() -> new AssertionError("logfile " + number + " was never shipped"));
    same(page.headerBlock(), headerBlock, "header of logfile " + number);
    byte[] known = page.bytes();
    if (known.length < records.length) {
      throw new AssertionError(
          "logfile %d has %d bytes of log, %d were shipped"
              .formatted(number, records.length, known.length));
    }
    same(Arrays.copyOf(known, records.length), records, "records of logfile " + number);
  }

  private static void same(byte[] expected, byte[] found, String what) {
    int at = Arrays.mismatch(expected, found);
    if (at >= 0) {
      throw new AssertionError(what + ": they differ at byte " + at);
    }
  }

  private static byte[] bytes(ByteBuffer from) {
    byte[] bytes = new byte[from.remaining()];
    from.get(from.position(), bytes);
    return bytes;
  }
}
