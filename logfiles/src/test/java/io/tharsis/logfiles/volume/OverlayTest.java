package io.tharsis.logfiles.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.tharsis.logfiles.seam.Invariant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The overlay against an array that remembers the newest record of every unit of the volume. */
final class OverlayTest {

  private static final long TIB = 1L << 40;
  private static final List<Overlay.Kind> KINDS = List.of(Overlay.Kind.values());

  /** Newest tag of each unit, 0 for none: what an overlay is, without being clever. */
  private static final class Model {
    private final long unitBytes;
    private final long[] tags;

    Model(int units, long unitBytes) {
      this.unitBytes = unitBytes;
      this.tags = new long[units];
    }

    void put(int from, int to, long lsn, Overlay.Kind kind) {
      Arrays.fill(tags, from, to, lsn + kind.code());
    }

    void forget(int from, int to, long beforeLsn) {
      for (int i = from; i < to; i++) {
        if (tags[i] < beforeLsn) {
          tags[i] = 0;
        }
      }
    }

    int covered(int from, int to) {
      int covered = 0;
      for (int i = from; i < to; i++) {
        covered += tags[i] == 0 ? 0 : 1;
      }
      return covered;
    }

    /** Checks that the overlay shows [from, to) as it is, in order, without holes. */
    void check(Overlay overlay, int from, int to) {
      long[] at = {from * unitBytes};
      boolean[] lastWasGap = {false};
      overlay.forEach(
          from * unitBytes,
          to * unitBytes,
          new Overlay.Visitor() {
            @Override
            public void piece(long pieceFrom, long pieceTo, long lsn, Overlay.Kind kind) {
              step(pieceFrom, pieceTo, lsn + kind.code());
              lastWasGap[0] = false;
            }

            @Override
            public void gap(long gapFrom, long gapTo) {
              if (lastWasGap[0]) {
                fail("a gap in two parts at %d", gapFrom);
              }
              step(gapFrom, gapTo, 0);
              lastWasGap[0] = true;
            }

            private void step(long stepFrom, long stepTo, long tag) {
              assertThat(stepFrom).isEqualTo(at[0]);
              assertThat(stepTo).isGreaterThan(stepFrom);
              long last = (stepTo - 1) / unitBytes;
              for (long unit = stepFrom / unitBytes; unit <= last; unit++) {
                if (tags[(int) unit] != tag) {
                  fail("unit %d shows %d, not %d", unit, tag, tags[(int) unit]);
                }
              }
              at[0] = stepTo;
            }
          });
      assertThat(at[0]).isEqualTo(to * unitBytes);
      int covered = covered(from, to);
      assertThat(overlay.intersects(from * unitBytes, to * unitBytes)).isEqualTo(covered > 0);
      assertThat(overlay.isCovered(from * unitBytes, to * unitBytes))
          .isEqualTo(covered == to - from);
    }
  }

  /** A seeded run of puts and forgets on an overlay and on its model. */
  private static final class Run {
    private final Random random;
    private final Overlay overlay;
    private final Model model;
    private final int units;
    private final long unitBytes;
    private long lsn;

    Run(long seed, int leafLimit, int units, long unitBytes) {
      this.random = new Random(seed);
      this.overlay = new Overlay(leafLimit);
      this.model = new Model(units, unitBytes);
      this.units = units;
      this.unitBytes = unitBytes;
    }

    void step() {
      int length = 1 + (random.nextInt(40) == 0 ? random.nextInt(units) : random.nextInt(5));
      int from = random.nextInt(units);
      int to = Math.min(units, from + length);
      int what = random.nextInt(100);
      if (what < 70) {
        put(from, to);
      } else if (what < 80) {
        int middle = from + (to - from) / 2;
        put(from, Math.max(from + 1, middle));
        put(Math.max(from + 1, middle) - 1, to);
      } else if (what < 99) {
        long before = random.nextLong(lsn / 64 + 2) * 64;
        overlay.forget(from * unitBytes, to * unitBytes, before);
        model.forget(from, to, before);
      } else {
        long before = random.nextLong(lsn / 64 + 2) * 64;
        overlay.forgetBefore(before);
        model.forget(0, units, before);
      }
    }

    void put(int from, int to) {
      lsn += 64L * (1 + random.nextInt(3));
      Overlay.Kind kind = KINDS.get(random.nextInt(KINDS.size()));
      overlay.put(from * unitBytes, to * unitBytes, lsn, kind);
      model.put(from, to, lsn, kind);
    }

    void check() {
      overlay.verify();
      int from = random.nextInt(units);
      model.check(overlay, from, from + 1 + random.nextInt(units - from));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "4, 60, 512",
    "4, 400, 512",
    "5, 400, 512",
    "8, 1500, 512",
    "16, 3000, 4096",
    "256, 6000, 512",
    "4, 40, 274877906944",
    "8, 300, 1099511627776"
  })
  void showsWhatTheModelShows(int leafLimit, int units, long unitBytes) {
    for (long seed = 1; seed <= 6; seed++) {
      Run run = new Run(seed, leafLimit, units, unitBytes);
      for (int i = 0; i < 2500; i++) {
        run.step();
        run.check();
      }
      run.model.check(run.overlay, 0, units);
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "-1", "7"})
  void takesRunsAndGivesAllMemoryBack(int stride) {
    Overlay overlay = new Overlay(8);
    int units = 1000;
    Model model = new Model(units, 512);
    for (int i = 0; i < units; i++) {
      int unit = Math.floorMod(i * stride, units);
      overlay.put(unit * 512L, unit * 512L + 512, 64L * i + 64, Overlay.Kind.DATA);
      model.put(unit, unit + 1, 64L * i + 64, Overlay.Kind.DATA);
      overlay.verify();
    }
    model.check(overlay, 0, units);
    assertThat(overlay.entries()).isEqualTo(units);
    for (int i = 0; i < units; i++) {
      int unit = Math.floorMod(i * 3, units);
      overlay.forget(unit * 512L, unit * 512L + 512, 64L * units + 64);
      overlay.verify();
    }
    assertThat(overlay.entries()).isZero();
    assertThat(overlay.memoryBytes()).isZero();
  }

  @Test
  void takesOneHugePutAndCutsIntoIt() {
    Overlay overlay = new Overlay();
    overlay.put(0, 100 * TIB, 64, Overlay.Kind.ZERO);
    overlay.put(50 * TIB + 512, 50 * TIB + 1024, 128, Overlay.Kind.DATA);
    assertThat(overlay.isCovered(0, 100 * TIB)).isTrue();
    assertThat(pieces(overlay, 50 * TIB, 50 * TIB + 2048))
        .containsExactly("0+512 64 ZERO", "512+512 128 DATA", "1024+1024 64 ZERO");
    overlay.forgetBefore(128);
    overlay.verify();
    assertThat(overlay.entries()).isEqualTo(1);
    assertThat(pieces(overlay, 50 * TIB, 50 * TIB + 2048))
        .containsExactly("0+512 gap", "512+512 128 DATA", "1024+1024 gap");
  }

  @Test
  void forgetsNothingNewerAndCutsWhatReachesOut() {
    Overlay overlay = new Overlay();
    overlay.put(0, 8192, 64, Overlay.Kind.DATA);
    overlay.put(2048, 4096, 640, Overlay.Kind.FILL);
    overlay.forget(1024, 6144, 640);
    assertThat(pieces(overlay, 0, 8192))
        .containsExactly(
            "0+1024 64 DATA",
            "1024+1024 gap",
            "2048+2048 640 FILL",
            "4096+2048 gap",
            "6144+2048 64 DATA");
    overlay.forget(2560, 3072, 640);
    assertThat(overlay.entries()).as("a newer entry is not cut up").isEqualTo(3);
  }

  @Test
  void keepsTheRecordAtTheLsnItForgetsBefore() {
    Overlay overlay = new Overlay();
    overlay.put(0, 4096, 640, Overlay.Kind.DATA);
    overlay.forget(0, 4096, 640);
    overlay.forget(512, 1024, 640);
    overlay.forgetBefore(640);
    assertThat(pieces(overlay, 0, 4096)).containsExactly("0+4096 640 DATA");
    overlay.forget(0, 4096, 704);
    assertThat(overlay.entries()).isZero();
  }

  @Test
  void takesTheSameRecordTwice() {
    Overlay overlay = new Overlay();
    overlay.put(0, 4096, 640, Overlay.Kind.FILL);
    overlay.put(0, 4096, 640, Overlay.Kind.FILL);
    overlay.forget(0, 1024, 704);
    overlay.put(0, 4096, 640, Overlay.Kind.FILL);
    assertThat(pieces(overlay, 0, 4096)).containsExactly("0+4096 640 FILL");
  }

  @Test
  void refusesWhatNoOwnerMayDo() {
    Overlay overlay = new Overlay();
    overlay.put(0, 4096, 640, Overlay.Kind.DATA);
    assertThatThrownBy(() -> overlay.put(0, 4096, 576, Overlay.Kind.DATA))
        .as("older, same range")
        .isInstanceOf(Invariant.Broken.class);
    assertThatThrownBy(() -> overlay.put(512, 8192, 576, Overlay.Kind.DATA))
        .as("older, other range")
        .isInstanceOf(Invariant.Broken.class);
    assertThatThrownBy(() -> overlay.put(0, 100, 704, Overlay.Kind.DATA))
        .as("not a sector")
        .isInstanceOf(Invariant.Broken.class);
    assertThatThrownBy(() -> overlay.put(0, 512, 65, Overlay.Kind.DATA))
        .as("not an LSN")
        .isInstanceOf(Invariant.Broken.class);
    assertThatThrownBy(() -> overlay.intersects(512, 512))
        .as("empty")
        .isInstanceOf(Invariant.Broken.class);
  }

  @Test
  void refusesAVisitorThatChangesIt() {
    Overlay overlay = new Overlay();
    overlay.put(0, 4096, 64, Overlay.Kind.DATA);
    Overlay.Visitor changer =
        new Overlay.Visitor() {
          @Override
          public void piece(long from, long to, long lsn, Overlay.Kind kind) {
            overlay.forget(from, to, lsn + 64);
          }

          @Override
          public void gap(long from, long to) {}
        };
    assertThatThrownBy(() -> overlay.forEach(0, 8192, changer))
        .isInstanceOf(Invariant.Broken.class);
  }

  @Test
  void keepsAnEntryBelow32BytesInRandomUse() {
    Overlay overlay = new Overlay();
    Random random = new Random(7);
    long lsn = 0;
    for (int i = 0; i < 150_000; i++) {
      lsn += 64;
      long from = random.nextLong(TIB / 4096) * 4096;
      overlay.put(from, from + 4096, lsn, Overlay.Kind.DATA);
    }
    assertBelow32BytesAnEntry(overlay);
    for (int i = 0; i < 300_000; i++) {
      lsn += 64;
      long from = random.nextLong(TIB / 4096) * 4096;
      overlay.put(from, from + 4096, lsn, Overlay.Kind.DATA);
      long forgotten = random.nextLong(TIB / 4096 - 8) * 4096;
      overlay.forget(forgotten, forgotten + 8 * 4096, lsn - 64 * 100_000);
      if (i % 1000 == 0 && random.nextInt(50) == 0) {
        overlay.forgetBefore(lsn - 64 * 120_000);
      }
    }
    assertBelow32BytesAnEntry(overlay);
  }

  @Test
  void keepsAnEntryBelow32BytesWhenLeavesAreThinnedOut() {
    Overlay overlay = new Overlay();
    int count = 200_000;
    for (int i = 0; i < count; i++) {
      long from = (count - i) * 4096L;
      overlay.put(from, from + 4096, 64L * i + 64, Overlay.Kind.DATA);
    }
    assertBelow32BytesAnEntry(overlay);
    for (int i = 0; i < count; i += 2) {
      long from = (count - i) * 4096L;
      overlay.forget(from, from + 4096, 64L * count + 64);
    }
    assertThat(overlay.entries()).isEqualTo(count / 2);
    assertBelow32BytesAnEntry(overlay);
  }

  private static void assertBelow32BytesAnEntry(Overlay overlay) {
    overlay.verify();
    assertThat(overlay.entries()).isGreaterThanOrEqualTo(100_000);
    assertThat((double) overlay.memoryBytes() / overlay.entries()).isLessThanOrEqualTo(32.0);
  }

  private static List<String> pieces(Overlay overlay, long from, long to) {
    List<String> seen = new ArrayList<>();
    overlay.forEach(
        from,
        to,
        new Overlay.Visitor() {
          @Override
          public void piece(long pieceFrom, long pieceTo, long lsn, Overlay.Kind kind) {
            seen.add((pieceFrom - from) + "+" + (pieceTo - pieceFrom) + " " + lsn + " " + kind);
          }

          @Override
          public void gap(long gapFrom, long gapTo) {
            seen.add((gapFrom - from) + "+" + (gapTo - gapFrom) + " gap");
          }
        });
    return seen;
  }
}
