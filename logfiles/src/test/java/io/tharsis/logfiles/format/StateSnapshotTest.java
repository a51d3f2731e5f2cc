package io.tharsis.logfiles.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.seam.Invariant;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StateSnapshotTest {

  private final Scratch scratch = new Scratch(StateSnapshot.MAX_BYTES);

  @AfterEach
  void release() {
    scratch.close();
  }

  private byte[] encoded(StateSnapshot state) {
    state.encode(scratch);
    byte[] bytes = new byte[scratch.sizeBytes()];
    scratch.copyTo(ByteBuffer.wrap(bytes), 0);
    return bytes;
  }

  private StateSnapshot decoded(byte[] bytes) throws FormatException {
    return StateSnapshot.decode(scratch.load(ByteBuffer.wrap(bytes), 0, bytes.length));
  }

  @Test
  void bytesAreWhatTheDrawingSays() throws IOException {
    assertThat(encoded(Samples.state())).isEqualTo(Samples.golden("state"));
  }

  @Test
  void whatIsWrittenIsRead() throws FormatException {
    assertThat(decoded(encoded(Samples.state()))).isEqualTo(Samples.state());
    StateSnapshot empty = new StateSnapshot(List.of(), Lineage.NONE);
    assertThat(decoded(encoded(empty))).isEqualTo(empty);
  }

  @Test
  void theLargestSnapshotFits() throws FormatException {
    Lineage lineage = Lineage.NONE.with(Epoch.first(new UUID(0, 1), 0));
    for (int i = 2; i <= 400; i++) {
      Epoch newest = lineage.newest().orElseThrow();
      lineage = lineage.with(newest.next(new UUID(0, i), Epoch.Kind.RESTART, i * 64L));
    }
    assertThat(lineage.epochs()).hasSize(256);
    assertThat(lineage.find(new UUID(0, 144))).isEmpty();
    assertThat(lineage.find(new UUID(0, 145))).isPresent();
    List<StateSnapshot.VolumeState> volumes =
        IntStream.range(0, 16)
            .mapToObj(i ->
                new StateSnapshot.VolumeState(
                    i, Samples.NODE, 1, true, Blob.of(new byte[StateSnapshot.MAX_SCSI_BYTES])))
            .toList();
    StateSnapshot largest = new StateSnapshot(volumes, lineage);
    assertThat(decoded(encoded(largest))).isEqualTo(largest);
  }

  @Test
  void tagsOfNewerProgramsAreSkippedUnlessNeeded() throws FormatException {
    Samples.state().encode(scratch);
    scratch.putShort(77).putShort(0).putInt(3).putBytes(new byte[] {1, 2, 3});
    assertThat(StateSnapshot.decode(scratch)).isEqualTo(Samples.state());
    Samples.state().encode(scratch);
    scratch.putShort(77).putShort(1).putInt(0);
    assertThatThrownBy(() -> StateSnapshot.decode(scratch))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("tag 77");
  }

  @Test
  void newerVersionsAreRefused() {
    byte[] bytes = encoded(Samples.state());
    bytes[6] = 2;
    assertThatThrownBy(() -> decoded(bytes)).hasMessageContaining("version 2");
  }

  @Test
  void everyTruncationIsReadOrRefused() {
    byte[] bytes = encoded(Samples.state());
    int read = 0;
    for (int length = 0; length < bytes.length; length++) {
      read += isRead(Arrays.copyOf(bytes, length)) ? 1 : 0;
    }
    // Only between two entries does a shorter snapshot make sense; the record's checksum notices.
    assertThat(read).isEqualTo(4);
  }

  @Test
  void nonsenseNeverThrowsAnythingElse() {
    Random random = new Random(11);
    byte[] sound = encoded(Samples.state());
    int read = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = sound.clone();
      for (int i = random.nextInt(4); i >= 0; i--) {
        bytes[8 + random.nextInt(bytes.length - 8)] = (byte) random.nextInt();
      }
      read += isRead(bytes) ? 1 : 0;
      random.nextBytes(bytes);
      System.arraycopy(sound, 0, bytes, 0, random.nextInt(12));
      isRead(bytes);
    }
    assertThat(read).isBetween(1, 19_999);
  }

  private boolean isRead(byte[] bytes) {
    try {
      assertThat(decoded(bytes)).isNotNull();
      return true;
    } catch (FormatException e) {
      return false;
    }
  }

  @Test
  void epochsOfALineageContinueEachOther() {
    Epoch first = Epoch.first(Samples.NODE, 0);
    Epoch next = first.next(Samples.INCARNATION, Epoch.Kind.HANDOVER, 64);
    assertThat(Lineage.NONE.with(first).with(next).newest()).contains(next);
    assertThatThrownBy(() -> Lineage.NONE.with(next).with(first))
        .isInstanceOf(Invariant.Broken.class);
    assertThatThrownBy(() -> Lineage.NONE.with(first).with(Samples.epoch()))
        .isInstanceOf(Invariant.Broken.class);
    Epoch.Parent parent = new Epoch.Parent(Samples.NODE, 128);
    assertThatThrownBy(() -> new Epoch(2, Samples.EPOCH_ID, Epoch.Kind.FORCED, 64, parent))
        .isInstanceOf(Invariant.Broken.class);
    assertThatThrownBy(() -> new Epoch(1, Samples.NODE, Epoch.Kind.RESTART, 0, Epoch.Parent.NONE))
        .isInstanceOf(Invariant.Broken.class);
  }
}
