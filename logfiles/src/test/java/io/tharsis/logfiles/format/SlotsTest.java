package io.tharsis.logfiles.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.format.Slots.Decision;
import io.tharsis.logfiles.format.Slots.Slot;
import io.tharsis.logfiles.seam.Invariant;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlotsTest {

  private static Reading<Checkpoint> slot(String state) {
    return switch (state) {
      case "blank" -> new Reading.Blank<>();
      case "corrupt" -> new Reading.Corrupt<>("torn");
      case "new" -> new Reading.TooNew<>("version 9");
      case "foreign" -> new Reading.Foreign<>(Samples.OTHER_RESOURCE);
      default -> new Reading.Sound<>(Samples.checkpoint(Long.parseLong(state)));
    };
  }

  @ParameterizedTest
  @CsvSource({
    "blank, blank, never",
    "blank, corrupt, refused",
    "blank, 1, 1",
    "blank, new, refused",
    "blank, foreign, refused",
    "corrupt, blank, refused",
    "corrupt, corrupt, refused",
    "corrupt, 1, 1",
    "corrupt, new, refused",
    "corrupt, foreign, refused",
    "2, blank, 2",
    "2, corrupt, 2",
    "2, 1, 2",
    "2, 3, 3",
    "2, new, refused",
    "2, foreign, refused",
    "new, blank, refused",
    "new, corrupt, refused",
    "new, 1, refused",
    "new, new, refused",
    "new, foreign, refused",
    "foreign, blank, refused",
    "foreign, corrupt, refused",
    "foreign, 1, refused",
    "foreign, new, refused",
    "foreign, foreign, refused",
    // in the wrong slot: as corrupt
    "3, 1, 1",
    "2, 2, 2",
    "3, 3, 3",
    "2, 4, 2",
    "3, 4, refused",
    "3, blank, refused"
  })
  void newest(String a, String b, String expected) {
    String decided =
        switch (Slots.newest(slot(a), slot(b))) {
          case Decision.NeverWritten<Checkpoint> never -> "never";
          case Decision.Refused<Checkpoint>(String reason) -> "refused";
          case Decision.InForce<Checkpoint>(Checkpoint checkpoint, Reading<Checkpoint> other) ->
              "" + checkpoint.sequence();
        };
    assertThat(decided).isEqualTo(expected);
  }

  @Test
  void aRefusalNamesWhatIsInBothSlots() {
    assertThat(Slots.newest(slot("corrupt"), slot("new")))
        .isEqualTo(
            new Decision.Refused<Checkpoint>(
                "slot A is corrupt: torn; slot B is too new: version 9"));
  }

  @Test
  void anUpdateCutAnywhereLeavesTheOldOrTheNewCheckpoint() {
    ByteBuffer before = ByteBuffer.allocate(Checkpoint.SLOTS_BYTES);
    Checkpoint seven = Samples.checkpoint(7);
    Checkpoint eight = Samples.checkpoint(8);
    Samples.checkpoint(6).encode(before, Slot.A.offset(Checkpoint.BYTES));
    seven.encode(before, seven.slot().offset(Checkpoint.BYTES));
    ByteBuffer update = Samples.block();
    eight.encode(update, 0);
    for (int sectors = 0; sectors <= 8; sectors++) {
      ByteBuffer after = ByteBuffer.allocate(Checkpoint.SLOTS_BYTES).put(0, before, 0, 8192);
      after.put(eight.slot().offset(Checkpoint.BYTES), update, 0, sectors * 512);
      Decision<Checkpoint> decision =
          Slots.newest(
              Checkpoint.decode(after, Slot.A.offset(Checkpoint.BYTES), Samples.RESOURCE),
              Checkpoint.decode(after, Slot.B.offset(Checkpoint.BYTES), Samples.RESOURCE));
      assertThat(decision)
          .isInstanceOfSatisfying(
              Decision.InForce.class, inForce -> assertThat(inForce.content()).isIn(seven, eight));
    }
  }

  @Test
  void theNextCheckpointGoesToTheOtherSlot() {
    Checkpoint one = Samples.checkpoint(1);
    Checkpoint two = one.next(one.progress(), List.of());
    assertThat(one.slot()).isEqualTo(Slot.B);
    assertThat(two.slot()).isEqualTo(Slot.A);
    assertThat(two.disks()).isEqualTo(one.disks());
    assertThat(two.applied()).isEmpty();
  }

  @Test
  void aDiskIsKnownByItsWholeIdentity() {
    DiskStamp stamp = DiskStamp.of(0, 4096, "x".repeat(40) + "1");
    assertThat(stamp.isOf("x".repeat(40) + "1")).isTrue();
    assertThat(stamp.isOf("x".repeat(40) + "2")).isFalse();
    assertThat(stamp.shown()).isEqualTo("x".repeat(32));
    assertThat(DiskStamp.of(0, 4096, "ä\n").shown()).isEqualTo("??");
  }

  @Test
  void aFullSlotIsReadBack() {
    List<AppliedRange> ranges =
        IntStream.range(0, 64).mapToObj(i -> new AppliedRange(i, i * 512L, 512, i)).toList();
    List<DiskStamp> disks =
        IntStream.range(0, 16)
            .mapToObj(i -> DiskStamp.of(i, 4096 + i, "y".repeat(40) + i))
            .toList();
    Checkpoint full =
        new Checkpoint(Samples.RESOURCE, 8, Samples.checkpoint(8).progress(), disks, ranges);
    ByteBuffer block = Samples.block();
    full.encode(block, 0);
    assertThat(Checkpoint.decode(block, 0)).isEqualTo(new Reading.Sound<>(full));
  }

  @Test
  void countsBeyondTheSlotAreCorrupt() {
    ByteBuffer block = Samples.block();
    Samples.checkpoint(8).encode(block, 0);
    byte[] bytes = new byte[Checkpoint.BYTES];
    block.get(0, bytes);
    assertCountIsRefused(
        bytes, Checkpoint.AT_DISK_COUNT, Checkpoint.AT_DISKS, Checkpoint.DISK_BYTES);
    assertCountIsRefused(
        bytes, Checkpoint.AT_RANGE_COUNT, Checkpoint.AT_RANGES, Checkpoint.RANGE_BYTES);
  }

  /**
   * Entries that are sound one by one up to the end of the slot, and more of them than there are.
   */
  private static void assertCountIsRefused(byte[] sound, int atCount, int first, int entryBytes) {
    byte[] forged = sound.clone();
    for (int at = first + entryBytes; at + entryBytes <= forged.length; at += entryBytes) {
      System.arraycopy(forged, first, forged, at, entryBytes);
    }
    Bits.putShort(forged, atCount, 0xFFFF);
    ByteBuffer block = Samples.block();
    Block.seal(forged, block, 0);
    assertThat(Checkpoint.decode(block, 0)).isInstanceOf(Reading.Corrupt.class);
  }

  @Test
  void whatCannotBeIsNotMade() {
    assertThatThrownBy(() -> new Checkpoint.Progress(2, 1, 1, Samples.EPOCH_ID))
        .isInstanceOf(Invariant.Broken.class);
    DiskStamp disk = DiskStamp.of(0, 1, "");
    assertThatThrownBy(() ->
            new Checkpoint(
                Samples.RESOURCE,
                1,
                Samples.checkpoint(1).progress(),
                List.of(disk, disk),
                List.of()))
        .isInstanceOf(Invariant.Broken.class);
    assertThat(Samples.checkpoint(1).progress().isPrefix()).isFalse();
  }
}
