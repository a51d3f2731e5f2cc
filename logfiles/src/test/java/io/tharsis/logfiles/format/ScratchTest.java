package io.tharsis.logfiles.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import io.tharsis.logfiles.seam.Invariant;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.CRC32C;
import net.openhft.chronicle.core.Jvm;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScratchTest {

  private final Scratch scratch = new Scratch(100_000);

  @AfterEach
  void release() {
    scratch.close();
  }

  private String hex() {
    byte[] bytes = new byte[scratch.sizeBytes()];
    scratch.copyTo(ByteBuffer.wrap(bytes), 0);
    return HexFormat.of().formatHex(bytes);
  }

  @Test
  void numbersAreLittleEndian() {
    scratch.putByte(0xFF).putShort(0x0102).putInt(0x01020304).putLong(0x0102030405060708L);
    assertThat(hex()).isEqualTo("ff" + "0201" + "04030201" + "0807060504030201");
    scratch.clear().putNumber(0).putNumber(127).putNumber(128).putNumber(300);
    assertThat(hex()).isEqualTo("00" + "7f" + "8001" + "ac02");
    scratch.clear().putNumber(Long.MAX_VALUE);
    assertThat(hex()).isEqualTo("ffffffffffffffff7f");
  }

  @Test
  void whatIsPutIsTaken() throws FormatException {
    scratch.putByte(200).putShort(60000).putInt(-1).putLong(-2).putNumber(1L << 62);
    scratch.putUuid(Samples.RESOURCE).putDigest(Samples.DIGEST).putBytes(new byte[] {1, 2});
    assertThat(scratch.takeByte()).isEqualTo(200);
    assertThat(scratch.takeShort()).isEqualTo(60000);
    assertThat(scratch.takeInt()).isEqualTo(-1);
    assertThat(scratch.takeLong()).isEqualTo(-2);
    assertThat(scratch.takeNumber()).isEqualTo(1L << 62);
    assertThat(scratch.takeUuid()).isEqualTo(Samples.RESOURCE);
    assertThat(scratch.takeDigest()).isEqualTo(Samples.DIGEST);
    assertThat(scratch.takeBytes(2)).containsExactly(1, 2);
    assertThat(scratch.remainingBytes()).isZero();
  }

  @Test
  void takingTooMuchIsAFormatException() {
    scratch.putByte(0x80);
    assertThatThrownBy(scratch::takeShort)
        .isInstanceOfSatisfying(FormatException.class, e -> assertThat(e.offset()).isZero())
        .hasMessageContaining("1 bytes left, 2 needed");
    assertThatThrownBy(scratch::takeInt).isInstanceOf(FormatException.class);
    assertThatThrownBy(scratch::takeLong).isInstanceOf(FormatException.class);
    assertThatThrownBy(scratch::takeUuid).isInstanceOf(FormatException.class);
    assertThatThrownBy(scratch::takeDigest).isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> scratch.takeBytes(2)).isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> scratch.takeBytes(-1)).isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> scratch.takeBytes(Integer.MAX_VALUE))
        .isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> scratch.skip(2)).isInstanceOf(FormatException.class);
    assertThatThrownBy(scratch::takeNumber).isInstanceOf(FormatException.class);
    scratch.clear().putLong(-1).putLong(-1);
    assertThatThrownBy(scratch::takeNumber).hasMessageContaining("more than 63 bits");
    scratch.clear().putInt(11);
    assertThatThrownBy(() -> scratch.takeCount(10)).isInstanceOf(FormatException.class);
    scratch.clear().putInt(-1);
    assertThatThrownBy(() -> scratch.takeCount(10)).isInstanceOf(FormatException.class);
  }

  @Test
  void growsToItsLimitAndNoFurther() {
    scratch.putBytes(new byte[99_999]).putByte(1);
    assertThatThrownBy(() -> scratch.putByte(1)).isInstanceOf(Invariant.Broken.class);
    assertThat(scratch.sizeBytes()).isEqualTo(100_000);
    scratch.clear().putByte(1);
    assertThat(scratch.sizeBytes()).isEqualTo(1);
  }

  @Test
  void growingKeepsWhatIsThereAndWhereOneIs() throws FormatException {
    for (int i = 0; i < 3000; i++) {
      scratch.putInt(i);
      if (i % 2 == 0) {
        assertThat(scratch.takeInt()).isEqualTo(i / 2);
      }
    }
    assertThat(scratch.sizeBytes()).isEqualTo(12_000);
    assertThat(scratch.position()).isEqualTo(6_000);
  }

  @Test
  void contentIsLoadedAndSummedUpInPieces() throws FormatException {
    byte[] bytes = new byte[50_001];
    new Random(3).nextBytes(bytes);
    scratch.load(ByteBuffer.wrap(bytes), 1, 50_000);
    CRC32C crc = new CRC32C();
    crc.update(bytes, 11, 49_990);
    assertThat(scratch.crc(10)).isEqualTo((int) crc.getValue());
    assertThat(scratch.takeBytes(50_000)).isEqualTo(Arrays.copyOfRange(bytes, 1, 50_001));
    byte[] copy = new byte[50_001];
    assertThat(scratch.copyTo(ByteBuffer.wrap(copy), 1)).isEqualTo(50_000);
    assertThat(Arrays.mismatch(copy, bytes)).isIn(0, -1);
    assertThatThrownBy(() -> scratch.load(ByteBuffer.wrap(bytes), 1, 50_001))
        .isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> scratch.load(ByteBuffer.allocate(100_001), 0, 100_001))
        .isInstanceOf(FormatException.class);
  }

  @Test
  void emptyContentIsFine() throws FormatException {
    scratch.load(ByteBuffer.allocate(0), 0, 0);
    assertThat(scratch.crc(0)).isZero();
    assertThat(hex()).isEmpty();
    assertThat(scratch.alignTo(4096).sizeBytes()).isZero();
  }

  @Test
  void nobodyTracesResources() {
    assertThat(Jvm.isResourceTracing()).isFalse();
  }

  @Test
  void nobodyElseKnowsChronicle() {
    JavaClasses ours =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.tharsis");
    ArchRuleDefinition.noClasses()
        .that()
        .doNotBelongToAnyOf(Scratch.class)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("net.openhft..")
        .because("chronicle-bytes has one place behind one class")
        .check(ours);
  }
}
