package io.tharsis.logfiles.format;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Makes the summary of one logfile from its records, in order: as they are appended, or, at
 * recovery, as they are scanned. Owned by who does that.
 */
public final class Summarizer {

  private final LogfileHeader header;
  private final ChainDigest chain;
  private final SortedMap<Integer, RegionSet> touched = new TreeMap<>();

  /** A summary of a logfile without records yet. */
  public Summarizer(LogfileHeader header) {
    this.header = header;
    this.chain = new ChainDigest(header.predecessor().digest(), header.baseLsn());
  }

  /** The record that was written last, which begins where the one before ended. */
  public void add(RecordWriter written) {
    chain.add(written);
    if (written.type().changesDisk()) {
      regions(written.volume()).add(written.offset(), written.lengthBytes());
    }
  }

  /** The record that was decoded last, which begins where the one before ended. */
  public void add(RecordView read) {
    chain.add(read);
    if (RecordType.isKnown(read.typeCode()) && read.type().changesDisk()) {
      regions(read.volume()).add(read.offset(), read.lengthBytes());
    }
  }

  /** The chain digest, for whoever wants to know it on the way. */
  public ChainDigest chain() {
    return chain;
  }

  /** The summary of what was added; nothing can be added afterwards. */
  public Summary finish() {
    return new Summary(
        header.resourceId(),
        new Summary.Piece(header.number(), header.epoch().id(), header.baseLsn(), chain.endLsn()),
        chain.value(),
        chain.index(),
        touched);
  }

  private RegionSet regions(int volume) {
    RegionSet known = touched.get(volume);
    if (known == null) {
      known = new RegionSet();
      touched.put(volume, known);
    }
    return known;
  }
}
