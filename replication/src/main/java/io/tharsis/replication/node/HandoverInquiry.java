package io.tharsis.replication.node;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.format.Scratch;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.replication.directory.EpochRef;
import io.tharsis.replication.directory.Version;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What members ask each other when one of them is to be the primary in another's place. {@code
 * docs/formats/wire.md} draws them, {@code docs/adr/0009-roles.md} says why they are so.
 */
sealed interface HandoverInquiry extends Inquiry {

  /** Most members whose needs are told. */
  int MAX_MEMBERS = 64;

  /** Of which resource. */
  UUID resource();

  /** Of the primary: how far its log is now. The answer is a {@link Surveyed}. */
  record Survey(UUID resource) implements HandoverInquiry {
    @Override
    public String verb() {
      return "survey";
    }
  }

  /**
   * Of a member: how far its log is, and whether it is the primary, at this moment. The answer is a
   * {@link Stood}.
   */
  record Stand(UUID resource) implements HandoverInquiry {
    @Override
    public String verb() {
      return "stand";
    }
  }

  /**
   * Of the primary: take no writes for a while, so that the asking member can have all log. The
   * answer is a {@link Frozen}. It ends by itself after some seconds.
   *
   * @param membership the asking node's
   */
  record Freeze(UUID resource, UUID membership) implements HandoverInquiry {
    @Override
    public String verb() {
      return "freeze";
    }
  }

  /** Of the primary: go on after a {@link Freeze}. */
  record Thaw(UUID resource, UUID membership) implements HandoverInquiry {
    @Override
    public String verb() {
      return "thaw";
    }
  }

  /**
   * Of the primary, which is frozen: let the asking member be the primary. The answer is a {@link
   * Handed}, and the asked node never serves before that other epoch.
   *
   * @param end what the answer to {@link Freeze} was, all of which the asking member has
   * @param epochId of the epoch that the asking member is going to begin, random
   * @param known what the asking member has of what was said of the resource: it goes on from there
   */
  record Grant(UUID resource, UUID membership, Frozen end, UUID epochId, Said known)
      implements HandoverInquiry {
    @Override
    public String verb() {
      return "grant";
    }
  }

  /**
   * Of the member that a {@link Grant} was given: be the primary now. Asked by who has granted
   * until it is so. The answer is one byte: 1 when that is durable, 0 when it never will be: the
   * membership has ended, or the replica has begun anew.
   */
  record Accept(UUID resource, UUID membership, Handed handed) implements HandoverInquiry {
    @Override
    public String verb() {
      return "accept";
    }
  }

  /**
   * Of who has granted the role, which waits with its own new one for that: the epoch has begun.
   * The answer is empty. Whoever is not told hears it from the directory, a little later.
   *
   * @param epochId the one that was granted
   */
  record Begun(UUID resource, UUID epochId) implements HandoverInquiry {
    @Override
    public String verb() {
      return "begun";
    }
  }

  /**
   * How far a member is.
   *
   * @param durableLsn everything below is in its log; 0 while that is not open
   * @param primary whether it is the primary, or may be that without knowing it yet, or has granted
   *     the role to another one than who asks
   */
  record Stood(long durableLsn, boolean primary) {
    Blob encode() {
      return Inquiry.bytes(into -> into.putLong(durableLsn).putByte(primary ? 1 : 0));
    }

    static Stood decode(Blob from) throws FormatException {
      return Inquiry.reading(from, in -> new Stood(in.takeLong(), in.takeByte() == 1));
    }
  }

  /**
   * How far a primary is.
   *
   * @param durableLsn everything below is in its log
   * @param writeBytesPerSecond how fast it grows
   * @param said what it has said of the resource
   */
  record Surveyed(long durableLsn, long writeBytesPerSecond, Said said) {
    Blob encode() {
      return Inquiry.bytes(into -> said.put(into.putLong(durableLsn).putLong(writeBytesPerSecond)));
    }

    static Surveyed decode(Blob from) throws FormatException {
      return Inquiry.reading(from, in -> new Surveyed(in.takeLong(), in.takeLong(), Said.take(in)));
    }
  }

  /**
   * Which members and settings of a resource: as its primary has told the directory.
   *
   * @param version of its newest document; empty if there is none
   */
  record Said(Optional<Version> version) {

    /** Whether nothing is in another that is not in this one. */
    boolean has(Said other) {
      return other.version().stream()
          .allMatch(theirs -> version.filter(ours -> ours.compareTo(theirs) >= 0).isPresent());
    }

    private void put(Scratch into) {
      EpochRef epoch = version.map(Version::epoch).orElse(Faults.NO_EPOCH);
      into.putLong(epoch.number()).putUuid(epoch.id());
      into.putLong(version.map(Version::counter).orElse(0L));
    }

    private static Said take(Scratch in) throws FormatException {
      EpochRef epoch = new EpochRef(in.takeLong(), in.takeUuid());
      long counter = in.takeLong();
      return new Said(counter == 0 ? Optional.empty() : Optional.of(new Version(epoch, counter)));
    }
  }

  /**
   * A log that grows no more.
   *
   * @param endLsn where it ends, durably
   * @param epoch the one that was being written
   */
  record Frozen(long endLsn, EpochRef epoch) {
    Blob encode() {
      return Inquiry.bytes(this::put);
    }

    private void put(Scratch into) {
      into.putLong(endLsn).putLong(epoch.number()).putUuid(epoch.id());
    }

    static Frozen decode(Blob from) throws FormatException {
      return Inquiry.reading(from, Frozen::take);
    }

    private static Frozen take(Scratch in) throws FormatException {
      return new Frozen(in.takeLong(), new EpochRef(in.takeLong(), in.takeUuid()));
    }
  }

  /**
   * A role that was handed over.
   *
   * @param epochId of the epoch that its new holder begins
   * @param end where the log ends that it must have, and in which epoch
   * @param needed from where on each member may still need the log
   */
  record Handed(UUID epochId, Frozen end, SortedMap<UUID, Long> needed) {
    Blob encode() {
      return Inquiry.bytes(this::put);
    }

    private void put(Scratch into) {
      end.put(into.putUuid(epochId));
      into.putShort(needed.size());
      for (Map.Entry<UUID, Long> one : needed.entrySet()) {
        into.putUuid(one.getKey()).putLong(one.getValue());
      }
    }

    static Handed decode(Blob from) throws FormatException {
      return Inquiry.reading(from, Handed::take);
    }

    private static Handed take(Scratch in) throws FormatException {
      UUID epoch = in.takeUuid();
      Frozen end = Frozen.take(in);
      int members = in.takeShort();
      Invariant.check(members <= MAX_MEMBERS, "members", members);
      SortedMap<UUID, Long> needed = new TreeMap<>();
      for (int i = 0; i < members; i++) {
        needed.put(in.takeUuid(), in.takeLong());
      }
      return new Handed(epoch, end, needed);
    }
  }

  /** Its parameters as bytes. */
  @Override
  default Blob encode() {
    return switch (this) {
      case Survey(UUID resource) -> Inquiry.bytes(into -> into.putUuid(resource));
      case Stand(UUID resource) -> Inquiry.bytes(into -> into.putUuid(resource));
      case Freeze(UUID resource, UUID membership) ->
          Inquiry.bytes(into -> into.putUuid(resource).putUuid(membership));
      case Thaw(UUID resource, UUID membership) ->
          Inquiry.bytes(into -> into.putUuid(resource).putUuid(membership));
      case Grant(UUID resource, UUID membership, Frozen end, UUID epochId, Said known) ->
          Inquiry.bytes(into -> {
            end.put(into.putUuid(resource).putUuid(membership));
            known.put(into.putUuid(epochId));
          });
      case Accept(UUID resource, UUID membership, Handed handed) ->
          Inquiry.bytes(into -> handed.put(into.putUuid(resource).putUuid(membership)));
      case Begun(UUID resource, UUID epochId) ->
          Inquiry.bytes(into -> into.putUuid(resource).putUuid(epochId));
    };
  }

  /** Reads one; empty if the verb is none of these. */
  static Optional<Inquiry> decode(String verb, Blob body) throws FormatException {
    return switch (verb) {
      case "survey" -> Optional.of(Inquiry.reading(body, in -> new Survey(in.takeUuid())));
      case "stand" -> Optional.of(Inquiry.reading(body, in -> new Stand(in.takeUuid())));
      case "freeze" ->
          Optional.of(Inquiry.reading(body, in -> new Freeze(in.takeUuid(), in.takeUuid())));
      case "thaw" ->
          Optional.of(Inquiry.reading(body, in -> new Thaw(in.takeUuid(), in.takeUuid())));
      case "grant" ->
          Optional.of(
              Inquiry.reading(
                  body,
                  in ->
                      new Grant(
                          in.takeUuid(),
                          in.takeUuid(),
                          Frozen.take(in),
                          in.takeUuid(),
                          Said.take(in))));
      case "accept" ->
          Optional.of(
              Inquiry.reading(
                  body, in -> new Accept(in.takeUuid(), in.takeUuid(), Handed.take(in))));
      case "begun" ->
          Optional.of(Inquiry.reading(body, in -> new Begun(in.takeUuid(), in.takeUuid())));
      default -> Optional.empty();
    };
  }
}
