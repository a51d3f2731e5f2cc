package io.tharsis.replication.directory;

import java.util.UUID;

/** Something that an operator must know. A value; told once, and counted from then on. */
public sealed interface Alarm {

  /**
   * A peer's clock is ahead of ours by more than is believed; nothing of it is merged.
   *
   * @param node the peer
   * @param aheadMillis by how much
   */
  record ClockAhead(UUID node, long aheadMillis) implements Alarm {}

  /**
   * A document was written by a clock that is ahead of ours by more than is believed.
   *
   * @param key which document
   * @param writer who wrote it
   * @param aheadMillis by how much
   */
  record StampAhead(Key key, UUID writer, long aheadMillis) implements Alarm {}

  /**
   * Another daemon writes documents in this node's name while this one runs: a copied virtual
   * machine or data directory. This one writes none any more until it is started anew.
   *
   * @param key the document that shows it
   * @param incarnation of the other one
   */
  record Copied(Key key, UUID incarnation) implements Alarm {}

  /**
   * Two documents of one version say different things: a machine that was copied while it ran, or
   * damage. One was taken, the same one everywhere.
   *
   * @param key which document
   * @param version both have
   */
  record Contested(Key key, Version version) implements Alarm {}

  /**
   * A resource has more than one branch: epochs that do not continue each other.
   *
   * @param resource which
   * @param branches how many
   */
  record Split(UUID resource, int branches) implements Alarm {}

  /**
   * A peer sent what is no message, no document, or one that cannot be true.
   *
   * @param node the peer
   * @param reason in words
   */
  record Nonsense(UUID node, String reason) implements Alarm {}

  /**
   * There is no room for a document that a peer has.
   *
   * @param kind of document
   */
  record Full(Key.Kind kind) implements Alarm {}

  /**
   * A document could not be stored; it is not in force.
   *
   * @param key which document
   * @param reason in words
   */
  record NotStored(Key key, String reason) implements Alarm {}

  /** Which alarm it is, without what may change from one time to the next. */
  default String subject() {
    return switch (this) {
      case ClockAhead(UUID node, long millis) -> "clock-ahead " + node;
      case StampAhead(Key key, UUID writer, long millis) -> "stamp-ahead " + writer;
      case Copied(Key key, UUID incarnation) -> "copied";
      case Contested(Key key, Version version) -> "contested " + key;
      case Split(UUID resource, int branches) -> "split " + resource;
      case Nonsense(UUID node, String reason) -> "nonsense " + node;
      case Full(Key.Kind kind) -> "full " + kind;
      case NotStored(Key key, String reason) -> "not-stored " + key;
    };
  }
}
