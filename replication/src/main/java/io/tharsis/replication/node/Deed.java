package io.tharsis.replication.node;

import io.tharsis.logfiles.log.LogStart;
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
 * @param needed at a primary: from where on each other member may still need the log
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
    SortedMap<UUID, Long> needed) {

  /** What a replica is. */
  enum Role {
    PRIMARY("primary"),
    SECONDARY("secondary");

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
        new TreeMap<>());
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
        new TreeMap<>());
  }

  boolean isPrimary() {
    return role == Role.PRIMARY;
  }

  Optional<LogStart> start() {
    return baseLsn.isPresent()
        ? Optional.of(new LogStart(resource, baseLsn.getAsLong()))
        : Optional.empty();
  }

  Deed at(Stage next) {
    return new Deed(name, resource, membership, role, next, holding, switches, baseLsn, needed);
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
        needed);
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
        needed);
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
        needed);
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
        needed);
  }

  Deed with(Switches turned) {
    return new Deed(name, resource, membership, role, stage, holding, turned, baseLsn, needed);
  }

  Deed needing(SortedMap<UUID, Long> by) {
    return new Deed(name, resource, membership, role, stage, holding, switches, baseLsn, by);
  }
}
