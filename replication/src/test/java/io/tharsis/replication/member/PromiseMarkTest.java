package io.tharsis.replication.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.format.FormatException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The layout in docs/formats/promise.md. */
class PromiseMarkTest {

  private static final PromiseMark DEGRADED =
      new PromiseMark(PromiseMark.Kind.DEGRADED, 0x0123456789ABL, 0x4000);

  private static final String GOLDEN =
      "50524f4d" + "01000000" + "ab89674523010000" + "0040000000000000";

  private static ByteBuffer bytes(String hex) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hex));
  }

  @Test
  void itIsWrittenAsEver() {
    byte[] written = new byte[PromiseMark.BYTES];
    DEGRADED.encode().get(written);
    assertThat(HexFormat.of().formatHex(written)).isEqualTo(GOLDEN);
  }

  @Test
  void itIsReadAsEver() throws FormatException {
    assertThat(PromiseMark.decode(bytes(GOLDEN))).contains(DEGRADED);
  }

  @Test
  void moreMayFollow() throws FormatException {
    assertThat(PromiseMark.decode(bytes(GOLDEN + "ff"))).contains(DEGRADED);
  }

  @ParameterizedTest
  @EnumSource(PromiseMark.Kind.class)
  void everyKindComesBack(PromiseMark.Kind kind) throws FormatException {
    PromiseMark mark = new PromiseMark(kind, 1, 2);
    assertThat(PromiseMark.decode(mark.encode())).contains(mark);
  }

  @Test
  void anotherBookmarkIsNone() throws FormatException {
    assertThat(PromiseMark.decode(bytes(""))).isEmpty();
    assertThat(PromiseMark.decode(bytes("51" + GOLDEN.substring(2)))).isEmpty();
  }

  @Test
  void whatCannotBeIsRefused() {
    assertThatThrownBy(() -> PromiseMark.decode(bytes(GOLDEN.replaceFirst("01", "04"))))
        .isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> PromiseMark.decode(bytes(GOLDEN.substring(0, 46) + "80")))
        .isInstanceOf(FormatException.class);
  }
}
