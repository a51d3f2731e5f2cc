package io.tharsis.replication.directory;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.format.Scratch;
import io.tharsis.logfiles.seam.Invariant;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * One version of a document: all that merging needs, and a content that merging does not look at,
 * so that a node can keep and pass on what only a newer program understands. A value; {@code
 * docs/formats/directory.md} draws it.
 *
 * @param key what it is about
 * @param deleted a tombstone: the key is gone for ever
 * @param version which version
 * @param origin who wrote it
 * @param continues of a resource: the epochs that this one continues or overrules, the newest last,
 *     at most {@link #MAX_CONTINUES}; empty for everything else
 * @param content see {@link Content}, at most {@link #MAX_CONTENT_BYTES}
 */
public record Document(
    Key key,
    boolean deleted,
    Version version,
    Origin origin,
    List<EpochRef> continues,
    Blob content) {

  /** Most epochs that a document remembers; whatever is older counts as continued as well. */
  public static final int MAX_CONTINUES = 32;

  /** Most bytes of a content. */
  public static final int MAX_CONTENT_BYTES = 60 << 10;

  /** Most bytes of an encoded document. */
  public static final int MAX_BYTES = 1 << 16;

  static final int AT_KIND = 0;
  static final int AT_FLAGS = 2;
  static final int AT_CONTINUES_COUNT = 4;
  static final int AT_RESERVED = 6;
  static final int AT_FIRST = 8;
  static final int AT_SECOND = 24;
  static final int AT_EPOCH_ID = 40;
  static final int AT_EPOCH_NUMBER = 56;
  static final int AT_CONTENT_BYTES = 60;
  static final int AT_COUNTER = 64;
  static final int AT_STAMP = 72;
  static final int AT_NODE = 80;
  static final int AT_INCARNATION = 96;
  static final int AT_OVERTOOK = 112;
  static final int AT_CONTINUES = 128;
  static final int CONTINUES_BYTES = 20;
  static final int FLAG_DELETED = 1;

  /**
   * Who wrote a version.
   *
   * @param node the node
   * @param incarnation the start of its daemon
   * @param overtook the incarnation whose version this incarnation found and replaced, {@link
   *     Key#NIL} if none: who finds its own present incarnation here has a double
   * @param stamp the writer's hybrid time, for people
   */
  public record Origin(UUID node, UUID incarnation, UUID overtook, long stamp) {}

  /** A document within its limits. */
  public Document {
    continues = List.copyOf(continues);
    Invariant.check(continues.size() <= MAX_CONTINUES, "continued epochs", continues.size());
    Invariant.check(content.sizeBytes() <= MAX_CONTENT_BYTES, "content", content.sizeBytes());
    Invariant.check(
        continues.isEmpty() || (key.kind() == Key.Kind.RESOURCE && !deleted), "continues of", key);
    Invariant.check(!deleted || key.canBeDeleted(), "a tombstone of", key);
    for (int i = 0; i < continues.size(); i++) {
      EpochRef after = i + 1 < continues.size() ? continues.get(i + 1) : version.epoch();
      Invariant.check(continues.get(i).compareTo(after) < 0, "order of epochs", key, i);
    }
  }

  /** Of which line it is a version. */
  public Line line() {
    boolean branches = key.kind() == Key.Kind.RESOURCE && !deleted;
    return new Line(key, branches ? version.epoch().id() : Key.NIL);
  }

  /** Whether this version of a resource knows of the other one's epoch and goes beyond it. */
  boolean supersedes(Document other) {
    return supersedes(other.version.epoch());
  }

  boolean supersedes(EpochRef other) {
    return supersedes(version.epoch(), continues, other);
  }

  /**
   * Whether an epoch that continues others goes beyond another one. Never both ways: only a smaller
   * epoch can be superseded. Where the list is full, what is older than all of it counts as well.
   */
  static boolean supersedes(EpochRef epoch, List<EpochRef> continues, EpochRef other) {
    if (other.compareTo(epoch) >= 0) {
      return false;
    }
    boolean forgotten =
        continues.size() == MAX_CONTINUES && other.number() < continues.getFirst().number();
    return forgotten || continues.contains(other);
  }

  /** The document as it is stored and sent. */
  public Blob encode() {
    try (Scratch into = new Scratch(MAX_BYTES)) {
      into.putShort(key.code()).putShort(deleted ? FLAG_DELETED : 0);
      into.putShort(continues.size()).putShort(0).putUuid(key.first()).putUuid(key.second());
      into.putUuid(version.epoch().id()).putInt((int) version.epoch().number());
      into.putInt(content.sizeBytes()).putLong(version.counter()).putLong(origin.stamp);
      into.putUuid(origin.node).putUuid(origin.incarnation).putUuid(origin.overtook);
      for (EpochRef epoch : continues) {
        into.putInt((int) epoch.number()).putUuid(epoch.id());
      }
      into.putBytes(content.toByteArray());
      return Bytes.of(into);
    }
  }

  /**
   * Reads a document.
   *
   * @throws FormatException if the bytes are none, or one that only a newer program can merge
   */
  public static Document decode(Blob bytes) throws FormatException {
    try (Scratch from = new Scratch(MAX_BYTES)) {
      byte[] all = bytes.toByteArray();
      return take(from.load(ByteBuffer.wrap(all), 0, all.length));
    } catch (Invariant.Broken e) {
      // A value that its own constructor refuses: the bytes are at fault here, not the program.
      FormatException impossible = new FormatException(0, "impossible value: " + e.getMessage());
      impossible.initCause(e);
      throw impossible;
    }
  }

  private static Document take(Scratch from) throws FormatException {
    int code = from.takeShort();
    int flags = from.takeShort();
    int count = from.takeShort();
    if (code == 0 || (flags & ~FLAG_DELETED) != 0 || from.takeShort() != 0) {
      throw new FormatException(AT_FLAGS, "a document for a newer program, flags " + flags);
    }
    Key key = new Key(code, from.takeUuid(), from.takeUuid());
    UUID epochId = from.takeUuid();
    EpochRef epoch = new EpochRef(from.takeInt() & 0xFFFF_FFFFL, epochId);
    int contentBytes = from.takeCount(MAX_CONTENT_BYTES);
    Version version = new Version(epoch, from.takeLong());
    long stamp = from.takeLong();
    Origin origin = new Origin(from.takeUuid(), from.takeUuid(), from.takeUuid(), stamp);
    List<EpochRef> continues = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      continues.add(new EpochRef(from.takeInt() & 0xFFFF_FFFFL, from.takeUuid()));
    }
    Blob content = Blob.of(from.takeBytes(contentBytes));
    if (from.remainingBytes() > 0) {
      throw new FormatException(from.position(), from.remainingBytes() + " bytes too many");
    }
    return new Document(key, (flags & FLAG_DELETED) != 0, version, origin, continues, content);
  }
}
