package io.tharsis.replication.node;

import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.format.Reading;
import io.tharsis.logfiles.format.Scratch;
import io.tharsis.logfiles.format.Slots;
import io.tharsis.logfiles.log.Fork;
import io.tharsis.logfiles.log.SlotFile;
import io.tharsis.logfiles.log.Succession;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.replication.directory.Bytes;
import io.tharsis.replication.directory.EpochRef;
import io.tharsis.replication.directory.Switches;
import io.tharsis.replication.node.HandoverInquiry.Frozen;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A deed as one of the two slots of its file holds it. {@code docs/formats/deed.md} draws it.
 *
 * @param sequence one more with every update, from 1; even ones live in slot A, odd ones in slot B
 * @param deed what it says
 */
record DeedSlot(long sequence, Deed deed) implements Slots.Content {

  /** Bytes of a slot. */
  static final int BYTES = 8192;

  private static final byte[] MAGIC = "THARSDEE".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 3;

  /** Who does not know of transfers would serve what it has granted. */
  private static final int OLDEST_READER = 2;

  /** Who does not know of rewinding would go on with what was given up. */
  private static final int OLDEST_READER_OF_REWINDING = 3;

  private static final int FIRST_WITH_TRANSFER = 2;
  private static final int AT_CRC = 8;
  private static final int AT_VERSION = 12;
  private static final int MAX_NAME_BYTES = 64;
  private static final int MAX_WORD_BYTES = 16;
  private static final int MAX_PATH_BYTES = 4096;
  private static final int MAX_MEMBERS = 64;
  private static final long NONE = -1;
  private static final int NO_TRANSFER = 0;
  private static final int GRANTED = 1;
  private static final int ACCEPTED = 2;
  private static final int OUSTED = 3;
  private static final int REWINDING = 4;

  /** How a file of them is read and written. */
  static final SlotFile.Layout<DeedSlot> LAYOUT =
      new SlotFile.Layout<>() {
        @Override
        public int slotBytes() {
          return BYTES;
        }

        @Override
        public int encode(DeedSlot content, ByteBuffer into) {
          return content.encode(into);
        }

        @Override
        public Reading<DeedSlot> decode(ByteBuffer from, int at) {
          return DeedSlot.decode(from, at);
        }
      };

  private int encode(ByteBuffer into) {
    try (Scratch scratch = new Scratch(BYTES)) {
      int oldest = deed.rewinding().isEmpty() ? OLDEST_READER : OLDEST_READER_OF_REWINDING;
      scratch.putBytes(MAGIC).putInt(0).putShort(VERSION).putShort(oldest);
      scratch.putLong(sequence);
      Bytes.putText(scratch, deed.name());
      scratch.putUuid(deed.resource()).putUuid(deed.membership());
      Bytes.putText(scratch, deed.role().word());
      Bytes.putText(scratch, deed.stage().word());
      Bytes.putText(scratch, deed.holding().disk());
      scratch.putLong(deed.holding().sizeBytes().orElse(NONE));
      Bytes.putText(scratch, deed.holding().writeCache().word());
      scratch.putByte(deed.switches().bits()).putLong(deed.baseLsn().orElse(NONE));
      scratch.putShort(deed.needed().size());
      for (Map.Entry<UUID, Long> one : deed.needed().entrySet()) {
        scratch.putUuid(one.getKey()).putLong(one.getValue());
      }
      putTransfer(scratch, deed.transfer());
      scratch.alignTo(BYTES);
      scratch.setInt(AT_CRC, scratch.crc(AT_VERSION));
      return scratch.copyTo(into, 0);
    }
  }

  private static void putTransfer(Scratch into, Optional<Deed.Transfer> transfer) {
    if (transfer.isEmpty()) {
      into.putByte(NO_TRANSFER);
      return;
    }
    switch (transfer.get()) {
      case Deed.Transfer.Granted(UUID epoch, UUID node, UUID membership, Frozen end) ->
          into.putByte(GRANTED)
              .putUuid(epoch)
              .putUuid(node)
              .putUuid(membership)
              .putLong(end.endLsn())
              .putLong(end.epoch().number())
              .putUuid(end.epoch().id());
      case Deed.Transfer.Accepted(Succession(Epoch.Kind kind, UUID epoch, long number)) ->
          into.putByte(ACCEPTED).putByte(kind.code()).putUuid(epoch).putLong(number);
      case Deed.Transfer.Ousted() -> into.putByte(OUSTED);
      case Deed.Transfer.Rewinding(Fork(UUID epoch, long lsn)) ->
          into.putByte(REWINDING).putUuid(epoch).putLong(lsn);
    }
  }

  private static Optional<Deed.Transfer> takeTransfer(Scratch from) throws FormatException {
    int at = from.position();
    int kind = from.takeByte();
    return switch (kind) {
      case NO_TRANSFER -> Optional.empty();
      case GRANTED ->
          Optional.of(
              new Deed.Transfer.Granted(
                  from.takeUuid(),
                  from.takeUuid(),
                  from.takeUuid(),
                  new Frozen(from.takeLong(), new EpochRef(from.takeLong(), from.takeUuid()))));
      case OUSTED -> Optional.of(new Deed.Transfer.Ousted());
      case REWINDING ->
          Optional.of(new Deed.Transfer.Rewinding(new Fork(from.takeUuid(), from.takeLong())));
      case ACCEPTED -> {
        Epoch.Kind why = LineageTelling.takeKind(from);
        yield Optional.of(
            new Deed.Transfer.Accepted(new Succession(why, from.takeUuid(), from.takeLong())));
      }
      default -> throw new FormatException(at, "transfer " + kind);
    };
  }

  private static Reading<DeedSlot> decode(ByteBuffer from, int at) {
    byte[] start = new byte[MAGIC.length];
    from.get(at, start);
    if (!Arrays.equals(start, MAGIC)) {
      return Arrays.equals(start, new byte[MAGIC.length])
          ? new Reading.Blank<>()
          : new Reading.Corrupt<>("magic is missing");
    }
    try (Scratch scratch = new Scratch(BYTES)) {
      return read(scratch.load(from, at, BYTES));
    } catch (FormatException e) {
      return new Reading.Corrupt<>(e.getMessage());
    } catch (Invariant.Broken e) {
      // A value that its own constructor refuses: the bytes are at fault here, not the program.
      return new Reading.Corrupt<>("impossible value: " + e.getMessage());
    }
  }

  private static Reading<DeedSlot> read(Scratch from) throws FormatException {
    int crc = from.crc(AT_VERSION);
    from.skip(AT_CRC);
    if (from.takeInt() != crc) {
      return new Reading.Corrupt<>("checksum does not match");
    }
    int version = from.takeShort();
    int oldestReader = from.takeShort();
    return oldestReader > VERSION
        ? new Reading.TooNew<>("needs format version " + oldestReader)
        : new Reading.Sound<>(new DeedSlot(from.takeLong(), take(from, version)));
  }

  private static Deed take(Scratch from, int version) throws FormatException {
    String name = Bytes.takeText(from, MAX_NAME_BYTES);
    UUID resource = from.takeUuid();
    UUID membership = from.takeUuid();
    Deed.Role role = one(Deed.Role.values(), Deed.Role::word, from);
    Deed.Stage stage = one(Deed.Stage.values(), Deed.Stage::word, from);
    String disk = Bytes.takeText(from, MAX_PATH_BYTES);
    OptionalLong size = some(from.takeLong());
    Deed.Holding holding = new Deed.Holding(disk, size, Inquiry.takeCache(from));
    Switches switches = Switches.of(from.takeByte());
    OptionalLong base = some(from.takeLong());
    int members = from.takeShort();
    Invariant.check(members <= MAX_MEMBERS, "members", members);
    SortedMap<UUID, Long> needed = new TreeMap<>();
    for (int i = 0; i < members; i++) {
      needed.put(from.takeUuid(), from.takeLong());
    }
    Optional<Deed.Transfer> transfer =
        version < FIRST_WITH_TRANSFER ? Optional.empty() : takeTransfer(from);
    return new Deed(
        name, resource, membership, role, stage, holding, switches, base, needed, transfer);
  }

  private static OptionalLong some(long value) {
    return value == NONE ? OptionalLong.empty() : OptionalLong.of(value);
  }

  /** The one of them that has the word. */
  private static <T> T one(T[] all, Function<T, String> word, Scratch from) throws FormatException {
    int at = from.position();
    String found = Bytes.takeText(from, MAX_WORD_BYTES);
    return Stream.of(all)
        .filter(each -> word.apply(each).equals(found))
        .findFirst()
        .orElseThrow(() -> new FormatException(at, "'" + found + "' is unknown"));
  }
}
