package io.tharsis.logfiles.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.seam.Invariant;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DirtyRegionsTest {

  private static final long REGION = RegionSet.REGION_BYTES;

  private static ByteBuffer slots() {
    return ByteBuffer.allocate(DirtyRegions.SLOTS_BYTES);
  }

  private static List<String> runs(RegionSet set) {
    List<String> runs = new ArrayList<>();
    set.runs((from, to) -> runs.add(from / REGION + "-" + to / REGION));
    return runs;
  }

  private static void assertSame(DirtyRegions found, DirtyRegions expected) {
    assertThat(found.resourceId()).isEqualTo(expected.resourceId());
    assertThat(found.sequence()).isEqualTo(expected.sequence());
    assertThat(found.newest()).isEqualTo(expected.newest());
    assertThat(found.regions().keySet()).isEqualTo(expected.regions().keySet());
    found
        .regions()
        .forEach((v, set) -> assertThat(runs(set)).isEqualTo(runs(expected.regions().get(v))));
  }

  private static DirtyRegions decoded(ByteBuffer slots, int at) {
    return DirtyRegions.decode(slots, at, Samples.RESOURCE).sound().orElseThrow();
  }

  @Test
  void bytesAreWhatTheDrawingSays() throws IOException {
    ByteBuffer slots = slots();
    int bytes = Samples.dirtyRegions(7).encode(slots);
    byte[] written = new byte[bytes];
    slots.get(0, written);
    assertThat(written).isEqualTo(Samples.golden("dirty"));
  }

  @Test
  void whatIsWrittenIsReadInEitherSlot() {
    ByteBuffer slots = slots();
    DirtyRegions seven = Samples.dirtyRegions(7);
    assertThat(seven.encode(slots.slice(DirtyRegions.SLOT_BYTES, DirtyRegions.SLOT_BYTES)))
        .isEqualTo(4096);
    assertSame(decoded(slots, DirtyRegions.SLOT_BYTES), seven);
    assertThat(DirtyRegions.decode(slots, 0)).isInstanceOf(Reading.Blank.class);
    assertThat(DirtyRegions.decode(slots, DirtyRegions.SLOT_BYTES, Samples.OTHER_RESOURCE))
        .isInstanceOf(Reading.Foreign.class);
    assertThat(DirtyRegions.decode(slots, DirtyRegions.SLOT_BYTES + 4096))
        .isInstanceOf(Reading.Corrupt.class);
  }

  @Test
  void everyFlippedBitIsNoticed() {
    ByteBuffer slots = slots();
    int bytes = Samples.dirtyRegions(7).encode(slots);
    for (int bit = 0; bit < bytes * 8; bit++) {
      byte before = slots.get(bit / 8);
      slots.put(bit / 8, (byte) (before ^ 1 << bit % 8));
      assertThat(DirtyRegions.decode(slots, 0)).isInstanceOf(Reading.Corrupt.class);
      slots.put(bit / 8, before);
    }
  }

  @Test
  void randomBytesAreNeverSoundAndNeverThrow() {
    Random random = new Random(5);
    for (int i = 0; i < 2000; i++) {
      byte[] bytes = new byte[DirtyRegions.SLOT_BYTES];
      ByteBuffer slot = ByteBuffer.wrap(bytes);
      Samples.dirtyRegions(7).encode(slot);
      int at = Block.AT_BODY + random.nextInt(160);
      Bits.putLong(bytes, at, random.nextLong());
      int body = (int) Math.min(Bits.getUnsignedInt(bytes, DirtyRegions.AT_BODY_BYTES), 1 << 18);
      int end = (DirtyRegions.AT_BODY + body + 4095) / 4096 * 4096;
      try (Scratch scratch = new Scratch(DirtyRegions.SLOT_BYTES)) {
        Bits.putInt(bytes, Block.AT_CRC, scratch.load(slot, 0, end).crc(Block.AT_VERSION));
      } catch (FormatException impossible) {
        throw new AssertionError(impossible);
      }
      // With its checksum right it may even be sound; it is a value then, or a word about it.
      assertThat(DirtyRegions.decode(slot, 0).words()).isNotEmpty();
    }
  }

  @Test
  void theLargestThereCanBeFitsAndLosesNothing() {
    Random random = new Random(3);
    SortedMap<Integer, RegionSet> regions = new TreeMap<>();
    for (int volume = 0; volume < 16; volume++) {
      RegionSet set = new RegionSet();
      for (int i = 0; i < 20_000; i++) {
        set.add(random.nextLong(1L << 48), 1);
      }
      regions.put(0xFFFF - volume, set);
    }
    DirtyRegions all = new DirtyRegions(Samples.RESOURCE, 8, DirtyRegions.Stamp.NONE, regions);
    ByteBuffer slots = slots();
    assertThat(all.encode(slots)).isLessThanOrEqualTo(DirtyRegions.SLOT_BYTES);
    DirtyRegions found = decoded(slots, 0);
    assertThat(found.isEmpty()).isFalse();
    regions.forEach((volume, set) ->
        set.runs((from, to) -> {
          assertThat(found.regions().get(volume).contains(from)).isTrue();
          assertThat(found.regions().get(volume).contains(to - 1)).isTrue();
        }));
  }

  @Test
  void aVolumeOf256TiBIsDirtyAsAWhole() {
    RegionSet whole = new RegionSet();
    whole.add(0, 1L << 48);
    SortedMap<Integer, RegionSet> regions = new TreeMap<>();
    regions.put(0, whole);
    ByteBuffer slots = slots();
    DirtyRegions all = DirtyRegions.none(Samples.RESOURCE).next(DirtyRegions.Stamp.NONE, regions);
    assertThat(all.encode(slots)).isEqualTo(4096);
    assertThat(decoded(slots, 0).regions().get(0).count()).isEqualTo(1L << 32);
  }

  @Test
  void whatCannotBeIsNotMade() {
    assertThatThrownBy(() -> new DirtyRegions.Stamp(-1, Samples.EPOCH_ID))
        .isInstanceOf(Invariant.Broken.class);
    assertThat(DirtyRegions.none(Samples.RESOURCE).isEmpty()).isTrue();
    assertThat(Samples.dirtyRegions(7).isEmpty()).isFalse();
  }
}
