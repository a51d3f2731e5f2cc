package io.tharsis.server.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.seam.Extent;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where a write goes on that the kernel did only in part. */
class GatherTest {

  private static final int BLOCK = RingDisk.ALIGNMENT_BYTES;

  private final ByteBuffer memory =
      ByteBuffer.allocateDirect(16 * BLOCK).alignedSlice(BLOCK).slice(0, 8 * BLOCK);
  private final Gather gather =
      new Gather(
          new Extent(
              BLOCK,
              List.of(
                  memory.slice(0, 2 * BLOCK),
                  memory.slice(2 * BLOCK, BLOCK),
                  memory.slice(4 * BLOCK, 3 * BLOCK))));

  @Test
  void stopsInsideABuffer() {
    assertThat(gather.advance(BLOCK)).isTrue();

    assertThat(gather.offset()).isEqualTo(2 * BLOCK);
    assertThat(gather.remainingBuffers()).isEqualTo(3);
    assertThat(gather.rest()).isEqualTo(new Ring.Memory(Ring.address(memory) + BLOCK, BLOCK));
  }

  @Test
  void goesBackToTheLastAlignedPlace() {
    assertThat(gather.advance(3 * BLOCK + 512)).isTrue();

    assertThat(gather.offset()).isEqualTo(4 * BLOCK);
    assertThat(gather.remainingBuffers()).isOne();
    assertThat(gather.rest())
        .isEqualTo(new Ring.Memory(Ring.address(memory) + 4 * BLOCK, 3 * BLOCK));
  }

  @Test
  void lessThanABlockIsNoProgress() {
    assertThat(gather.advance(BLOCK - 512)).isFalse();

    assertThat(gather.offset()).isEqualTo(BLOCK);
    assertThat(gather.remainingBuffers()).isEqualTo(3);
  }

  @Test
  void severalPartsEndTheWhole() {
    assertThat(gather.advance(BLOCK)).isTrue();
    assertThat(gather.advance(4 * BLOCK)).isTrue();
    assertThat(gather.isDone()).isFalse();
    assertThat(gather.rest()).isEqualTo(new Ring.Memory(Ring.address(memory) + 6 * BLOCK, BLOCK));

    assertThat(gather.advance(BLOCK)).isTrue();

    assertThat(gather.isDone()).isTrue();
  }
}
