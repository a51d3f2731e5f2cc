package io.tharsis.replication.node;

import io.tharsis.logfiles.log.Fork;
import io.tharsis.logfiles.log.LogStart;
import io.tharsis.logfiles.log.Succession;
import io.tharsis.replication.control.WriteCacheMode;
import io.tharsis.replication.directory.Key;
import io.tharsis.replication.directory.Switches;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What a node has to know of its own replica of a resource to go on with it after a restart; never
 * told to others. A value.
 *
 * @param name of the resource
 * @param resource its id; {@link Key#NIL} until it is known
 * @param membership of this node, made anew whenever it joins
 * @param role what the replica is
 * @param stage how far it has come
 * @param holding its disk
 * @param switches what the operator lets it do
 * @param baseLsn where its log began, at a replica that joined, once the primary has said so
 * @param needed at a primary: from where on each other member may still need the log; at a former
 *     one the same when it gave the role away, as long as it keeps log for that, and itself, with
 *     where its own log ended
 * @param transfer a change of roles that is promised and not over; empty if there is none
 */
record Deed(
    String name,
    UUID resource,
    UUID membership,
    Role role,
    Stage stage,
    Holding holding,
    Switches switches,
    OptionalLong baseLsn,
    SortedMap<UUID, Long> needed,
    Optional<Transfer> transfer) {

  /** What a replica is. */
  enum Role {
    PRIMARY("primary"),
    SECONDARY("secondary"),
    /** There is none: the node only forwards. */
    CLIENT("client");

    private final String word;

    Role(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  /** How far it has come. */
  enum Stage {
    /** The primary of a new resource whose log may not be there yet. */
    MAKING("making"),
    /** The primary has not been asked yet, or the log may not be there yet. */
    JOINING("joining"),
    /** There is a log. */
    MEMBER("member"),
    /** The log and what the disk is worth are given up, to begin anew. */
    RENEWING("renewing"),
    /** It is to be no replica any more. */
    LEAVING("leaving");

    private final String word;

    Stage(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  /**
   * The disk.
   *
   * @param disk path of the file or block device
   * @param sizeBytes of the volume; empty until it is known
   * @param writeCache what GOOD on a write means while it is primary
   */
  record Holding(String disk, OptionalLong sizeBytes, WriteCacheMode writeCache) {
    Place.DiskWish wish() {
      return new Place.DiskWish(disk, sizeBytes, writeCache);
    }

    Holding sized(long bytes, WriteCacheMode cache) {
      return new Holding(disk, OptionalLong.of(bytes), cache);
    }
  }

  /** A change of roles that this node has promised. */
  sealed interface Transfer {

    /**
     * Of a former primary: another member may go on, and this one never serves before that.
     *
     * @param epochId of the epoch that the other one begins
     * @param node the other one
     * @param membership its own, which must still be this one
     * @param end where the log ends that it must have, and in which epoch
     */
    record Granted(UUID epochId, UUID node, UUID membership, HandoverInquiry.Frozen end)
        implements Transfer {

      /** Whether whoever asks for it next has it. */
      boolean isToAnybody() {
        return node.equals(Key.NIL);
      }
    }

    /** Of a primary whose log may not have begun its epoch yet. */
    record Accepted(Succession succession) implements Transfer {}

    /** Of a former primary that has heard of another one: its log may be a branch. */
    record Ousted() implements Transfer {}

    /**
     * Of a replica whose log goes beyond a fork: an operator has given that up. It is to be taken
     * out of the log, and kept as a branch, before anything else.
     */
    record Rewinding(Fork fork) implements Transfer {}
  }

  Deed {
    TreeMap<UUID, Long> sorted = new TreeMap<>(needed);
    needed = Collections.unmodifiableSortedMap(sorted);
  }

  /** Of a resource that is to be made here. */
  static Deed making(String name, UUID membership, Holding holding) {
    return new Deed(
        name,
        Key.NIL,
        membership,
        Role.PRIMARY,
        Stage.MAKING,
        holding,
        Switches.ON,
        OptionalLong.empty(),
        new TreeMap<>(),
        Optional.empty());
  }

  /** Of a resource that this node is to join. */
  static Deed joining(String name, UUID resource, UUID membership, Holding holding) {
    return new Deed(
        name,
        resource,
        membership,
        Role.SECONDARY,
        Stage.JOINING,
        holding,
        Switches.ON,
        OptionalLong.empty(),
        new TreeMap<>(),
        Optional.empty());
  }

  /**
   * Of a resource that this node serves without a replica.
   *
   * @param holding without a disk
   */
  static Deed client(String name, UUID resource, UUID membership, Holding holding) {
    return new Deed(
        name,
        resource,
        membership,
        Role.CLIENT,
        Stage.MEMBER,
        holding,
        Switches.ON,
        OptionalLong.empty(),
        new TreeMap<>(),
        Optional.empty());
  }

  boolean isPrimary() {
    return role == Role.PRIMARY;
  }

  boolean isClient() {
    return role == Role.CLIENT;
  }

  Optional<LogStart> start() {
    return baseLsn.isPresent()
        ? Optional.of(new LogStart(resource, baseLsn.getAsLong()))
        : Optional.empty();
  }

  Deed at(Stage next) {
    return new Deed(
        name, resource, membership, role, next, holding, switches, baseLsn, needed, transfer);
  }

  /** The log is there. */
  Deed made(UUID id, long sizeBytes) {
    return new Deed(
        name,
        id,
        membership,
        role,
        Stage.MEMBER,
        holding.sized(sizeBytes, holding.writeCache()),
        switches,
        baseLsn,
        needed,
        transfer.filter(it -> !(it instanceof Transfer.Rewinding)));
  }

  /** The primary has said where the log is to begin, and what the volume is. */
  Deed admitted(long base, long sizeBytes, WriteCacheMode cache) {
    return new Deed(
        name,
        resource,
        membership,
        role,
        stage,
        holding.sized(sizeBytes, cache),
        switches,
        OptionalLong.of(base),
        needed,
        transfer);
  }

  /** The volume has grown. */
  Deed grown(long sizeBytes) {
    return new Deed(
        name,
        resource,
        membership,
        role,
        stage,
        holding.sized(sizeBytes, holding.writeCache()),
        switches,
        baseLsn,
        needed,
        transfer);
  }

  /** Log and disk are to be begun anew, unless the replica is to be none any more. */
  Deed renewing() {
    if (stage == Stage.LEAVING) {
      return this;
    }
    return new Deed(
        name,
        resource,
        membership,
        role,
        Stage.RENEWING,
        holding,
        switches,
        OptionalLong.empty(),
        needed,
        transfer);
  }

  Deed with(Switches turned) {
    return new Deed(
        name, resource, membership, role, stage, holding, turned, baseLsn, needed, transfer);
  }

  Deed needing(SortedMap<UUID, Long> by) {
    return new Deed(
        name, resource, membership, role, stage, holding, switches, baseLsn, by, transfer);
  }

  /** It is the primary from now on, and its log is to go on as it was accepted. */
  Deed accepting(Succession succession, SortedMap<UUID, Long> by) {
    return new Deed(
        name,
        resource,
        membership,
        Role.PRIMARY,
        stage,
        holding,
        switches,
        baseLsn,
        by,
        Optional.of(new Transfer.Accepted(succession)));
  }

  /**
   * It is the primary no more, and never again in the epoch that was.
   *
   * @param by from where on each other member may still need the log, for the next primary
   */
  Deed granting(Transfer.Granted granted, SortedMap<UUID, Long> by) {
    return secondary(Optional.of(granted), by);
  }

  /** It is a secondary, and what it has beyond a fork is given up. */
  Deed rewinding(Fork fork) {
    return secondary(Optional.of(new Transfer.Rewinding(fork)), new TreeMap<>());
  }

  /** What is to be taken out of its log; empty if nothing is. */
  Optional<Fork> rewinding() {
    return transfer.flatMap(
        it -> it instanceof Transfer.Rewinding(Fork fork) ? Optional.of(fork) : Optional.empty());
  }

  /** It is a secondary: another one has begun a later epoch. */
  Deed ousted() {
    return secondary(Optional.of(new Transfer.Ousted()), new TreeMap<>());
  }

  private Deed secondary(Optional<Transfer> promised, SortedMap<UUID, Long> by) {
    return new Deed(
        name,
        resource,
        membership,
        Role.SECONDARY,
        stage,
        holding,
        switches,
        baseLsn,
        by,
        promised);
  }

  /** The change of roles is over. */
  Deed settled() {
    return new Deed(
        name,
        resource,
        membership,
        role,
        stage,
        holding,
        switches,
        baseLsn,
        isPrimary() || granted().isPresent() ? needed : new TreeMap<>(),
        Optional.empty());
  }

  /** What it has granted; empty if nothing is. */
  Optional<Transfer.Granted> granted() {
    return transfer.flatMap(
        it -> it instanceof Transfer.Granted granted ? Optional.of(granted) : Optional.empty());
  }

  /** How its log is to be opened for writing, if not as after a restart. */
  Optional<Succession> succession() {
    return transfer.flatMap(it ->
        it instanceof Transfer.Accepted(Succession succession)
            ? Optional.of(succession)
            : Optional.empty());
  }

  /** Whether it was the primary and has stopped, or gives up what it has that others have not. */
  boolean isStopped() {
    return transfer
        .filter(it -> it instanceof Transfer.Ousted || it instanceof Transfer.Rewinding)
        .isPresent();
  }
}
