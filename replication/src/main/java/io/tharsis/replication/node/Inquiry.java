package io.tharsis.replication.node;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.format.RegionSet;
import io.tharsis.logfiles.format.Scratch;
import io.tharsis.logfiles.log.Delta;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.replication.control.WriteCacheMode;
import io.tharsis.replication.directory.Bytes;
import io.tharsis.replication.member.SecondaryReplica.Standing;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What one node asks another to do. Each may be asked again: what is so already is answered in the
 * same way. {@code docs/formats/wire.md} draws them.
 */
sealed interface Inquiry
    permits HandoverInquiry,
        Inquiry.Admit,
        Inquiry.Dismiss,
        Inquiry.Revoke,
        Inquiry.Renew,
        Inquiry.Absorb,
        Inquiry.Compare,
        Inquiry.GoOn,
        Inquiry.Repair,
        Inquiry.PrepareSize {

  /** Most bytes of one, and of an answer. */
  int MAX_BYTES = 1 << 20;

  /** Runs of regions of a volume at most; beyond, close ones are joined. */
  int MAX_RUNS = 1 << 14;

  /** Most bytes of a word. */
  int MAX_WORD_BYTES = 32;

  /** Most volumes that are told of. */
  int MAX_VOLUMES = 16;

  /** The word that stands for it on a link. */
  String verb();

  /**
   * Of a resource's primary: count the asking node as a member.
   *
   * @param membership the asking node's, random
   * @param anew its log and disk are to be begun anew; what it said before counts no more
   * @param standing how far it has come, if it wants to know what it misses
   */
  record Admit(UUID resource, UUID membership, boolean anew, Optional<Standing> standing)
      implements Inquiry {
    @Override
    public String verb() {
      return "admit";
    }
  }

  /**
   * Of a resource's primary: count a node as a member no more.
   *
   * @param membership only if it is this one; empty means whichever it is
   */
  record Dismiss(UUID resource, UUID node, Optional<UUID> membership) implements Inquiry {
    @Override
    public String verb() {
      return "dismiss";
    }
  }

  /** Of the node that has the CA: take a node out of the cluster for ever. */
  record Revoke(UUID node) implements Inquiry {
    @Override
    public String verb() {
      return "revoke";
    }
  }

  /** Of the node that has the CA: the next certificate. The answer is the CA's. */
  record Renew(Blob request) implements Inquiry {
    @Override
    public String verb() {
      return "renew";
    }
  }

  /** Of the node that has the CA: take over what another signed cluster document says. */
  record Absorb(Blob document) implements Inquiry {
    @Override
    public String verb() {
      return "absorb";
    }
  }

  /**
   * Of a member: put log on the disk up to exactly a place and no further, and say what the disk
   * holds there. The answer is a digest of 32 bytes for each {@link #REGION_BYTES} of the range.
   *
   * @param lsn end of a record group; 0 to stand still wherever it is
   * @param offset a multiple of {@link #REGION_BYTES}
   * @param lengthBytes 0 for nothing
   */
  record Compare(UUID resource, long lsn, long offset, int lengthBytes) implements Inquiry {
    /** A comparison that can be. */
    public Compare {
      Invariant.check(
          lsn >= 0 && offset >= 0 && offset % REGION_BYTES == 0, "comparison", lsn, offset);
      Invariant.check(0 <= lengthBytes && lengthBytes <= MAX_COMPARED_BYTES, "compared");
    }

    @Override
    public String verb() {
      return "compare";
    }
  }

  /** Of a member: go on putting log on the disk. */
  record GoOn(UUID resource) implements Inquiry {
    @Override
    public String verb() {
      return "go-on";
    }
  }

  /** Of a secondary: sync these regions of its volume. */
  record Repair(UUID resource, RegionSet regions) implements Inquiry {
    @Override
    public String verb() {
      return "repair";
    }
  }

  /**
   * Of a secondary: make the disk ready for a larger volume. The answer is one byte: 1 when it is
   * ready, 0 when the replica is not open, and will do it when it meets the record in the log.
   *
   * @param sizeBytes how large the volume is going to be
   */
  record PrepareSize(UUID resource, long sizeBytes) implements Inquiry {
    /** A size that can be. */
    public PrepareSize {
      Invariant.check(sizeBytes > 0, "size", sizeBytes);
    }

    @Override
    public String verb() {
      return "prepare-size";
    }
  }

  /** How much of a disk one digest is about. */
  int REGION_BYTES = RegionSet.REGION_BYTES;

  /** Most that is compared at a time. */
  int MAX_COMPARED_BYTES = 16 << 20;

  /**
   * The answer to {@link Admit}.
   *
   * @param baseLsn where the member's log is to begin; it is kept from there on
   * @param sizeBytes of the volume
   * @param writeCache what GOOD on a write means
   * @param delta what has changed between the member's checkpoint and the base, if that is known
   */
  record Admitted(long baseLsn, long sizeBytes, WriteCacheMode writeCache, Optional<Delta> delta) {

    Blob encode() {
      return bytes(into -> {
        Bytes.putText(into.putLong(baseLsn).putLong(sizeBytes), writeCache.word());
        into.putByte(delta.isPresent() ? 1 : 0);
        delta.ifPresent(known -> {
          into.putLong(known.fromLsn()).putShort(known.touched().size());
          known
              .touched()
              .forEach((volume, regions) -> {
                into.putShort(volume);
                regions.encode(into, MAX_RUNS / known.touched().size());
              });
        });
      });
    }

    static Admitted decode(Blob from) throws FormatException {
      return reading(
          from,
          in -> {
            long base = in.takeLong();
            long size = in.takeLong();
            WriteCacheMode cache = takeCache(in);
            Optional<Delta> delta =
                in.takeByte() == 0 ? Optional.empty() : Optional.of(takeDelta(in));
            return new Admitted(base, size, cache, delta);
          });
    }

    private static Delta takeDelta(Scratch in) throws FormatException {
      long from = in.takeLong();
      int volumes = in.takeShort();
      Invariant.check(volumes <= MAX_VOLUMES, "volumes", volumes);
      SortedMap<Integer, RegionSet> touched = new TreeMap<>();
      for (int i = 0; i < volumes; i++) {
        touched.put(in.takeShort(), RegionSet.decode(in));
      }
      return new Delta(from, touched);
    }
  }

  /** Its parameters as bytes. */
  default Blob encode() {
    return switch (this) {
      case HandoverInquiry handover -> handover.encode();
      case Admit(UUID resource, UUID membership, boolean anew, Optional<Standing> standing) ->
          bytes(into -> {
            into.putUuid(resource).putUuid(membership).putByte(anew ? 1 : 0);
            into.putByte(standing.isPresent() ? 1 : 0);
            standing.ifPresent(it ->
                into.putLong(it.checkpointLsn()).putLong(it.durableLsn()).putUuid(it.epochId()));
          });
      case Dismiss(UUID resource, UUID node, Optional<UUID> membership) ->
          bytes(into -> {
            into.putUuid(resource).putUuid(node).putByte(membership.isPresent() ? 1 : 0);
            membership.ifPresent(into::putUuid);
          });
      case Revoke(UUID node) -> bytes(into -> into.putUuid(node));
      case Renew(Blob request) -> request;
      case Absorb(Blob document) -> document;
      case Compare(UUID resource, long lsn, long offset, int length) ->
          bytes(into -> into.putUuid(resource).putLong(lsn).putLong(offset).putInt(length));
      case GoOn(UUID resource) -> bytes(into -> into.putUuid(resource));
      case PrepareSize(UUID resource, long size) ->
          bytes(into -> into.putUuid(resource).putLong(size));
      case Repair(UUID resource, RegionSet regions) ->
          bytes(into -> regions.encode(into.putUuid(resource), MAX_RUNS));
    };
  }

  /** Reads one; empty if this program does not know the verb. What follows is a newer program's. */
  static Optional<Inquiry> decode(String verb, Blob body) throws FormatException {
    return switch (verb) {
      case "admit" ->
          Optional.of(
              reading(
                  body,
                  in ->
                      new Admit(
                          in.takeUuid(),
                          in.takeUuid(),
                          in.takeByte() != 0,
                          in.takeByte() == 0
                              ? Optional.empty()
                              : Optional.of(
                                  new Standing(in.takeLong(), in.takeLong(), in.takeUuid())))));
      case "dismiss" ->
          Optional.of(
              reading(
                  body,
                  in ->
                      new Dismiss(
                          in.takeUuid(),
                          in.takeUuid(),
                          in.takeByte() == 0 ? Optional.empty() : Optional.of(in.takeUuid()))));
      case "revoke" -> Optional.of(reading(body, in -> new Revoke(in.takeUuid())));
      case "renew" -> Optional.of(new Renew(body));
      case "absorb" -> Optional.of(new Absorb(body));
      case "compare" ->
          Optional.of(
              reading(
                  body,
                  in -> new Compare(in.takeUuid(), in.takeLong(), in.takeLong(), in.takeInt())));
      case "go-on" -> Optional.of(reading(body, in -> new GoOn(in.takeUuid())));
      case "prepare-size" ->
          Optional.of(reading(body, in -> new PrepareSize(in.takeUuid(), in.takeLong())));
      case "repair" ->
          Optional.of(reading(body, in -> new Repair(in.takeUuid(), RegionSet.decode(in))));
      default -> HandoverInquiry.decode(verb, body);
    };
  }

  /** Takes what GOOD on a write means. */
  static WriteCacheMode takeCache(Scratch from) throws FormatException {
    int at = from.position();
    String word = Bytes.takeText(from, MAX_WORD_BYTES);
    return WriteCacheMode.of(word)
        .orElseThrow(() -> new FormatException(at, "write cache '" + word + "'"));
  }

  /** Puts something. */
  @FunctionalInterface
  interface Putting {
    /** Into the scratch. */
    void put(Scratch into);
  }

  /** Takes something. */
  @FunctionalInterface
  interface Taking<T> {
    /** Out of the scratch. */
    T take(Scratch from) throws FormatException;
  }

  /** What is put, as bytes. */
  static Blob bytes(Putting putting) {
    try (Scratch scratch = new Scratch(MAX_BYTES)) {
      putting.put(scratch);
      return Bytes.of(scratch);
    }
  }

  /** What is taken from bytes. */
  static <T> T reading(Blob bytes, Taking<T> taking) throws FormatException {
    try (Scratch scratch = new Scratch(MAX_BYTES)) {
      return taking.take(scratch.load(ByteBuffer.wrap(bytes.toByteArray()), 0, bytes.sizeBytes()));
    } catch (Invariant.Broken e) {
      // A value that its own constructor refuses: the bytes are at fault here, not the program.
      FormatException impossible = new FormatException(0, "impossible value: " + e.getMessage());
      impossible.initCause(e);
      throw impossible;
    }
  }
}
