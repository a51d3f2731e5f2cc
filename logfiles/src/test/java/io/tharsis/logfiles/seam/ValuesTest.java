package io.tharsis.logfiles.seam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The values that pass through the seams check themselves. */
class ValuesTest {

  @Test
  void aRangeIsHalfOpenAndNeverEmpty() {
    assertThat(new Range(3, 10).lengthBytes()).isEqualTo(7);
    broken(() -> new Range(3, 3));
    broken(() -> new Range(4, 3));
    broken(() -> new Range(-1, 3));
  }

  @Test
  void anExtentHasDirectBuffersWithSomethingInThem() {
    ByteBuffer four = ByteBuffer.allocateDirect(6).position(1).limit(5);
    assertThat(new Extent(0, List.of(four, four.slice())).lengthBytes()).isEqualTo(8);
    broken(() -> Extent.of(-1, four));
    broken(() -> new Extent(0, List.of()));
    broken(() -> Extent.of(0, ByteBuffer.allocateDirect(0)));
    broken(() -> Extent.of(0, ByteBuffer.allocate(4)));
  }

  @Test
  void aRandomUuidIsOfVersion4AndOfTheVariantOfTheStandard() {
    for (long bits : new long[] {0, -1, 0x123456789abcdef0L}) {
      Entropy entropy = () -> bits;
      UUID uuid = entropy.nextUuid();
      assertThat(uuid.version()).isEqualTo(4);
      assertThat(uuid.variant()).isEqualTo(2);
    }
    Entropy ones = () -> -1;
    assertThat(ones.nextUuid()).hasToString("ffffffff-ffff-4fff-bfff-ffffffffffff");
  }

  @Test
  void aBrokenInvariantSaysWithWhichValues() {
    assertThatThrownBy(() -> Invariant.check(false, "what", 1, 2))
        .isInstanceOf(Invariant.Broken.class)
        .hasMessage("what [1, 2]");
    assertThatThrownBy(() -> Invariant.check(false, "what", "a", 2, 3))
        .hasMessage("what [a, 2, 3]");
    Invariant.check(true, "what");
  }

  private static void broken(org.assertj.core.api.ThrowableAssert.ThrowingCallable making) {
    assertThatThrownBy(making).isInstanceOf(Invariant.Broken.class);
  }
}
