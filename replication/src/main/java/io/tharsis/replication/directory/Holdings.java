package io.tharsis.replication.directory;

import io.tharsis.logfiles.format.Digest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What a directory holds, and the rules by which another document gets in. No I/O, no time: two
 * holdings that were given the same documents in whatever order are equal. Belongs to the
 * directory.
 */
final class Holdings {

  /** What becomes of a document that arrives. */
  enum Judgement {
    /** It is new: nothing of its line is here. */
    NEW,
    /** It takes the place of an older version. */
    NEWER,
    /** It is here. */
    SAME,
    /** A newer version is here. */
    OLDER,
    /** A later epoch of its resource is here that continues it. */
    SUPERSEDED,
    /** What it is about was deleted. */
    DELETED,
    /** There are more such documents than are kept, and those that are here come first. */
    OUTRANKED,
    /** There is no room for another document of its kind. */
    FULL;

    boolean isTaken() {
      return this == NEW || this == NEWER;
    }
  }

  /** Tombstones, the one to give up first, first. */
  private static final Comparator<Held> BY_RANK =
      Comparator.comparing(Held::stamp, Long::compareUnsigned)
          .thenComparing(held -> held.document().key());

  private final DirectoryLimits limits;
  private final NavigableMap<Line, Held> lines = new TreeMap<>();
  private final Map<Key.Kind, Integer> counts = new EnumMap<>(Key.Kind.class);
  private final long[] buckets = new long[Exchange.BUCKETS];
  private int tombstones;
  private long totalBytes;

  Holdings(DirectoryLimits limits) {
    this.limits = limits;
  }

  Collection<Held> all() {
    return lines.values();
  }

  Optional<Held> find(Line line) {
    return Optional.ofNullable(lines.get(line));
  }

  /** All of one key: its tombstone, or its only document, or the branches, the smallest first. */
  Collection<Held> of(Key key) {
    return lines.subMap(Line.of(key), true, new Line(key, new UUID(-1, -1)), true).values();
  }

  /** Every document whose key lies between two. */
  Collection<Held> between(Key from, Key to) {
    return lines.subMap(Line.of(from), true, new Line(to, new UUID(-1, -1)), true).values();
  }

  /** Whether the key was deleted, or what it belongs to. */
  boolean isDeleted(Key key) {
    return switch (key.kind()) {
      case NODE, RESOURCE -> hasTombstone(key);
      case REPLICA ->
          hasTombstone(Key.resource(key.first())) || hasTombstone(Key.node(key.second()));
      case CLUSTER, UNKNOWN -> false;
    };
  }

  private boolean hasTombstone(Key key) {
    return find(Line.of(key)).filter(held -> held.document().deleted()).isPresent();
  }

  /** What would become of this document; changes nothing. */
  Judgement judge(Held held) {
    Document document = held.document();
    if (document.deleted()) {
      return judgeTombstone(held);
    }
    if (isDeleted(document.key())) {
      return Judgement.DELETED;
    }
    Optional<Held> present = find(held.line());
    if (present.isPresent()) {
      return judgeVersion(held, present.get());
    }
    return document.key().kind() == Key.Kind.RESOURCE
        ? judgeBranch(held)
        : hasRoom(held, 0) ? Judgement.NEW : Judgement.FULL;
  }

  private Judgement judgeVersion(Held held, Held present) {
    int order = held.order(present);
    if (order <= 0) {
      return order == 0 ? Judgement.SAME : Judgement.OLDER;
    }
    int growth = held.bytes().sizeBytes() - present.bytes().sizeBytes();
    return growth <= 0 || totalBytes + growth <= limits.totalBytes()
        ? Judgement.NEWER
        : Judgement.FULL;
  }

  private Judgement judgeTombstone(Held held) {
    Optional<Held> present = find(held.line()).filter(found -> found.document().deleted());
    if (present.isPresent()) {
      return judgeVersion(held, present.get());
    }
    if (tombstones < limits.tombstones()) {
      return Judgement.NEW;
    }
    return BY_RANK.compare(held, lowestTombstone()) > 0 ? Judgement.NEW : Judgement.OUTRANKED;
  }

  private Judgement judgeBranch(Held held) {
    int greater = 0;
    int smaller = 0;
    int replaced = 0;
    for (Held other : of(held.document().key())) {
      if (other.document().supersedes(held.document())) {
        return Judgement.SUPERSEDED;
      }
      if (held.document().supersedes(other.document())) {
        replaced++;
      } else if (epoch(other).compareTo(epoch(held)) > 0) {
        greater++;
      } else {
        smaller++;
      }
    }
    if (greater >= limits.branches()) {
      return Judgement.OUTRANKED;
    }
    replaced += greater + smaller >= limits.branches() ? 1 : 0;
    return hasRoom(held, replaced) ? Judgement.NEW : Judgement.FULL;
  }

  private static EpochRef epoch(Held held) {
    return held.document().version().epoch();
  }

  /** Whether there is room for another line, {@code replaced} others of its kind being given up. */
  private boolean hasRoom(Held held, int replaced) {
    Key.Kind kind = held.document().key().kind();
    int most =
        switch (kind) {
          case CLUSTER -> 1;
          case NODE -> limits.nodes();
          case RESOURCE -> limits.resources();
          case REPLICA -> limits.replicas();
          case UNKNOWN -> limits.unknown();
        };
    return counts.getOrDefault(kind, 0) - replaced < most
        && totalBytes + held.bytes().sizeBytes() <= limits.totalBytes();
  }

  /** Takes a document that was judged to be taken; what it makes superfluous stays for now. */
  void put(Held held) {
    remove(held.line());
    lines.put(held.line(), held);
    count(held, 1);
  }

  /** Forgets a document. */
  void remove(Line line) {
    Optional.ofNullable(lines.remove(line)).ifPresent(held -> count(held, -1));
  }

  private void count(Held held, int by) {
    buckets[bucket(held.document().key())] ^= held.digest().a();
    totalBytes += (long) by * held.bytes().sizeBytes();
    if (held.document().deleted()) {
      tombstones += by;
    } else {
      counts.merge(held.document().key().kind(), by, Integer::sum);
    }
  }

  private Held lowestTombstone() {
    return lines.values().stream()
        .filter(held -> held.document().deleted())
        .min(BY_RANK)
        .orElseThrow();
  }

  /** What another document has made superfluous: deleted, superseded, or beyond a limit. */
  List<Held> superfluous(Held cause) {
    Key key = cause.document().key();
    List<Held> result = new ArrayList<>();
    if (cause.document().deleted()) {
      lines.values().stream()
          .filter(held -> !held.document().deleted() && isDeleted(held.document().key()))
          .forEach(result::add);
      if (tombstones > limits.tombstones()) {
        result.add(lowestTombstone());
      }
    } else if (key.kind() == Key.Kind.RESOURCE) {
      List<Held> branches = new ArrayList<>(of(key));
      branches.sort(Comparator.comparing(Holdings::epoch));
      branches.stream()
          .filter(held -> branches.stream().anyMatch(h -> h.document().supersedes(held.document())))
          .forEach(result::add);
      branches.removeAll(result);
      result.addAll(branches.subList(0, Math.max(0, branches.size() - limits.branches())));
    }
    return result;
  }

  /** Whether a document is deleted or a tombstone too many. */
  boolean isSuperfluous(Held held) {
    return held.document().deleted()
        ? tombstones > limits.tombstones() && held.equals(lowestTombstone())
        : isDeleted(held.document().key());
  }

  /** Judges a document, takes it if it is to be taken, and removes what it makes superfluous. */
  Judgement merge(Held held) {
    Judgement judgement = judge(held);
    if (judgement.isTaken()) {
      put(held);
      superfluous(held).forEach(gone -> remove(gone.line()));
    }
    return judgement;
  }

  int tombstones() {
    return tombstones;
  }

  /** The part of a directory in which a key is compared; every node must divide alike. */
  static int bucket(Key key) {
    UUID first = key.first();
    UUID second = key.second();
    long mixed = first.getMostSignificantBits() ^ first.getLeastSignificantBits();
    mixed ^= second.getMostSignificantBits() ^ second.getLeastSignificantBits() ^ key.code();
    mixed ^= mixed >>> 32;
    mixed ^= mixed >>> 16;
    mixed ^= mixed >>> 8;
    return (int) (mixed & (Exchange.BUCKETS - 1));
  }

  /** For each part the XOR of the first eight bytes of its documents' digests. */
  List<Long> buckets() {
    return Arrays.stream(buckets).boxed().toList();
  }

  /** Line and digest of everything: equal exactly if two holdings are. */
  Map<Line, Digest> digests() {
    Map<Line, Digest> digests = new TreeMap<>();
    lines.forEach((line, held) -> digests.put(line, held.digest()));
    return digests;
  }
}
