package io.tharsis.logfiles.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** A ring of ten bytes; the log's byte at an LSN is the LSN. */
final class RecentLogTest {

  private final RecentLog recent = new RecentLog(10);

  /** Not at the beginning of its buffer. */
  private void write(long lsn, int length) {
    ByteBuffer bytes = ByteBuffer.allocate(length + 3).position(3);
    for (int i = 0; i < length; i++) {
      bytes.put((byte) (lsn + i));
    }
    recent.written(lsn, bytes.position(3));
  }

  private boolean has(long lsn, int length) {
    ByteBuffer into = ByteBuffer.allocate(length + 2).position(2);
    if (!recent.read(lsn, into)) {
      assertThat(into.position()).isEqualTo(2);
      return false;
    }
    assertThat(into.hasRemaining()).isFalse();
    for (int i = 0; i < length; i++) {
      assertThat(into.get(2 + i)).isEqualTo((byte) (lsn + i));
    }
    return true;
  }

  @Test
  void whatComesAfterTheFirstQuestionIsKept() {
    write(40, 4);
    assertThat(has(40, 4)).isFalse();
    write(44, 4);
    assertThat(has(43, 2)).isFalse();
    assertThat(has(44, 4)).isTrue();
    assertThat(has(45, 2)).isTrue();
    assertThat(has(45, 4)).isFalse();
  }

  @Test
  void theOldestMakeRoomAndWhatGoesRoundTheEndIsWhole() {
    assertThat(has(0, 1)).isFalse();
    for (long lsn = 0; lsn < 70; lsn += 7) {
      write(lsn, 7);
      assertThat(has(Math.max(0, lsn + 7 - 10), (int) Math.min(10, lsn + 7))).isTrue();
      assertThat(has(lsn, 7)).isTrue();
      assertThat(has(lsn + 7 - 11, 1)).isFalse();
      assertThat(has(lsn + 7, 1)).isFalse();
    }
    write(70, 10);
    assertThat(has(70, 10)).isTrue();
  }

  @Test
  void nothingIsKeptForNobody() {
    assertThat(has(0, 1)).isFalse();
    write(0, 5);
    recent.drop();
    write(5, 5);
    assertThat(has(0, 10)).isFalse();
    write(10, 5);
    assertThat(has(5, 10)).isFalse();
    assertThat(has(10, 5)).isTrue();
  }
}
