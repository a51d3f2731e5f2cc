package io.tharsis.replication.directory;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.format.Scratch;
import io.tharsis.logfiles.seam.Invariant;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** The exchange between directories as bytes. */
public final class ExchangeCodec {

  static final int CODE_SUMMARY = 1;
  static final int CODE_OFFER = 2;
  static final int CODE_WANT = 3;
  static final int CODE_GIVE = 4;
  static final int ENTRY_BYTES = 104;
  static final int LINE_BYTES = 52;

  private ExchangeCodec() {}

  /** A message as bytes, at most {@link Exchange#MAX_BYTES}. */
  public static Blob encode(Exchange message) {
    try (Scratch into = new Scratch(Exchange.MAX_BYTES)) {
      switch (message) {
        case Exchange.Summary(long now, List<Long> buckets, SortedMap<UUID, Long> heard) -> {
          begin(into, CODE_SUMMARY, heard.size()).putLong(now);
          buckets.forEach(into::putLong);
          heard.forEach((node, time) -> into.putUuid(node).putLong(time));
        }
        case Exchange.Offer(List<Exchange.Entry> entries) -> {
          begin(into, CODE_OFFER, entries.size());
          entries.forEach(entry -> putEntry(into, entry));
        }
        case Exchange.Want(List<Line> lines) -> {
          begin(into, CODE_WANT, lines.size());
          lines.forEach(line -> putKey(into, line.key(), 0).putUuid(line.branch()));
        }
        case Exchange.Give(List<Blob> documents) -> {
          begin(into, CODE_GIVE, documents.size());
          documents.forEach(bytes -> into.putInt(bytes.sizeBytes()).putBytes(bytes.toByteArray()));
        }
      }
      return Bytes.of(into);
    }
  }

  private static Scratch begin(Scratch into, int code, int count) {
    return into.putShort(code).putShort(count);
  }

  private static Scratch putKey(Scratch into, Key key, int flags) {
    return into.putShort(key.code()).putShort(flags).putUuid(key.first()).putUuid(key.second());
  }

  private static void putEntry(Scratch into, Exchange.Entry entry) {
    EpochRef epoch = entry.version().epoch();
    putKey(into, entry.key(), entry.deleted() ? Document.FLAG_DELETED : 0);
    into.putUuid(epoch.id()).putInt((int) epoch.number()).putLong(entry.version().counter());
    into.putLong(entry.stamp()).putDigest(entry.digest());
  }

  /**
   * Reads a message.
   *
   * @throws FormatException if the bytes are none that this program knows
   */
  public static Exchange decode(Blob bytes) throws FormatException {
    byte[] all = bytes.toByteArray();
    try (Scratch from = new Scratch(Exchange.MAX_BYTES)) {
      from.load(ByteBuffer.wrap(all), 0, all.length);
      Exchange message = take(from);
      if (from.remainingBytes() > 0) {
        throw new FormatException(from.position(), from.remainingBytes() + " bytes too many");
      }
      return message;
    } catch (Invariant.Broken e) {
      // A value that its own constructor refuses: the bytes are at fault here, not the program.
      FormatException impossible = new FormatException(0, "impossible value: " + e.getMessage());
      impossible.initCause(e);
      throw impossible;
    }
  }

  private static Exchange take(Scratch from) throws FormatException {
    int code = from.takeShort();
    int count = from.takeShort();
    return switch (code) {
      case CODE_SUMMARY -> takeSummary(from, atMost(count, Exchange.MAX_HEARD));
      case CODE_OFFER -> takeOffer(from, atMost(count, Exchange.MAX_OFFERED));
      case CODE_WANT -> takeWant(from, atMost(count, Exchange.MAX_WANTED));
      case CODE_GIVE -> takeGive(from, atMost(count, Exchange.MAX_WANTED));
      default -> throw new FormatException(0, "message " + code);
    };
  }

  private static int atMost(int count, int most) throws FormatException {
    if (count > most) {
      throw new FormatException(2, count + " where " + most + " fit");
    }
    return count;
  }

  private static Exchange takeSummary(Scratch from, int count) throws FormatException {
    long now = from.takeLong();
    List<Long> buckets = new ArrayList<>();
    for (int i = 0; i < Exchange.BUCKETS; i++) {
      buckets.add(from.takeLong());
    }
    SortedMap<UUID, Long> heard = new TreeMap<>(Key.BY_DIGITS);
    for (int i = 0; i < count; i++) {
      heard.put(from.takeUuid(), from.takeLong());
    }
    return new Exchange.Summary(now, buckets, heard);
  }

  private static Exchange takeOffer(Scratch from, int count) throws FormatException {
    List<Exchange.Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int code = from.takeShort();
      int flags = from.takeShort();
      Key key = new Key(code, from.takeUuid(), from.takeUuid());
      UUID epochId = from.takeUuid();
      EpochRef epoch = new EpochRef(from.takeInt() & 0xFFFF_FFFFL, epochId);
      Version version = new Version(epoch, from.takeLong());
      boolean deleted = (flags & Document.FLAG_DELETED) != 0;
      entries.add(new Exchange.Entry(key, deleted, version, from.takeLong(), from.takeDigest()));
    }
    return new Exchange.Offer(entries);
  }

  private static Exchange takeWant(Scratch from, int count) throws FormatException {
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int code = from.takeShort();
      from.takeShort();
      lines.add(new Line(new Key(code, from.takeUuid(), from.takeUuid()), from.takeUuid()));
    }
    return new Exchange.Want(lines);
  }

  private static Exchange takeGive(Scratch from, int count) throws FormatException {
    List<Blob> documents = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      documents.add(Blob.of(from.takeBytes(from.takeCount(Document.MAX_BYTES))));
    }
    return new Exchange.Give(documents);
  }
}
