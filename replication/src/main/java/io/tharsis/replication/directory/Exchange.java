package io.tharsis.replication.directory;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.Digest;
import io.tharsis.logfiles.seam.Invariant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What two directories say to each other. Everything is an offer or is asked for: a node takes in
 * no more than it wants. Losing or repeating any of it does no harm. Values; {@code
 * docs/formats/directory.md} draws them.
 */
public sealed interface Exchange {

  /** Into how many parts a directory is divided for comparing. */
  int BUCKETS = 64;

  /** Most entries of an offer. */
  int MAX_OFFERED = 2048;

  /** Most documents that are asked for at once. */
  int MAX_WANTED = 64;

  /** Most bytes of the documents given at once, unless it is only one. */
  int MAX_GIVEN_BYTES = 512 << 10;

  /** Most nodes a summary tells about. */
  int MAX_HEARD = 1024;

  /** Most bytes of an encoded message. */
  int MAX_BYTES = 1 << 20;

  /**
   * Said first, and again every few seconds.
   *
   * @param now the sender's hybrid time
   * @param buckets a digest for each part of its directory; parts with equal digests are equal
   * @param heard for each node: that node's hybrid time when it said the last thing that the sender
   *     knows of
   */
  record Summary(long now, List<Long> buckets, SortedMap<UUID, Long> heard) implements Exchange {
    /** A summary of all parts. */
    public Summary {
      buckets = List.copyOf(buckets);
      TreeMap<UUID, Long> sorted = new TreeMap<>(Key.BY_DIGITS);
      sorted.putAll(heard);
      heard = Collections.unmodifiableSortedMap(sorted);
      Invariant.check(buckets.size() == BUCKETS, "buckets", buckets.size());
      Invariant.check(heard.size() <= MAX_HEARD, "nodes heard", heard.size());
    }
  }

  /**
   * Documents the sender has.
   *
   * @param entries at most {@link #MAX_OFFERED}
   */
  record Offer(List<Entry> entries) implements Exchange {
    /** An offer that fits. */
    public Offer {
      entries = List.copyOf(entries);
      Invariant.check(entries.size() <= MAX_OFFERED, "offered", entries.size());
    }
  }

  /**
   * Documents the sender wants.
   *
   * @param lines at most {@link #MAX_WANTED}
   */
  record Want(List<Line> lines) implements Exchange {
    /** A wish that fits. */
    public Want {
      lines = List.copyOf(lines);
      Invariant.check(lines.size() <= MAX_WANTED, "wanted", lines.size());
    }
  }

  /**
   * Documents, encoded.
   *
   * @param documents at most {@link #MAX_WANTED}
   */
  record Give(List<Blob> documents) implements Exchange {
    /** A gift that fits. */
    public Give {
      documents = List.copyOf(documents);
      Invariant.check(documents.size() <= MAX_WANTED, "given", documents.size());
      for (Blob document : documents) {
        Invariant.check(document.sizeBytes() <= Document.MAX_BYTES, "given");
      }
    }
  }

  /** A document as it is offered: enough to tell whether one wants it. */
  record Entry(Key key, boolean deleted, Version version, long stamp, Digest digest) {
    /** Which line it is of. */
    Line line() {
      boolean branches = key.kind() == Key.Kind.RESOURCE && !deleted;
      return new Line(key, branches ? version.epoch().id() : Key.NIL);
    }
  }
}
