package io.tharsis.server.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Sense data, logical unit numbers and identities as values. */
class ValuesTest {

  private static String hex(byte[] bytes) {
    return HexFormat.ofDelimiter(" ").formatHex(bytes);
  }

  @Test
  void descriptorFormatCarriesWhatThereIs() {
    Sense medium = new Sense(Sense.MEDIUM_ERROR, 0x1100, 0, 0x1_2345_6789L);
    assertThat(hex(medium.descriptor()))
        .isEqualTo("72 03 11 00 00 00 00 0c 00 0a 80 00 00 00 00 01 23 45 67 89");
    assertThat(hex(Sense.invalidField(2, 5).descriptor()))
        .isEqualTo("72 05 24 00 00 00 00 08 02 06 00 00 cd 00 02 00");
  }

  @Test
  void fixedFormatLeavesOutWhatDoesNotFit() {
    Sense medium = new Sense(Sense.MEDIUM_ERROR, 0x1100, 0, 0x1_2345_6789L);
    assertThat(hex(medium.fixed()))
        .isEqualTo("70 00 03 00 00 00 00 0a 00 00 00 00 11 00 00 00 00 00");
    assertThat(hex(Sense.invalidParameter(0x1234).fixed())).endsWith("26 00 00 80 12 34");
  }

  @Test
  void everyVolumeNumberHasOneAddress() {
    Set<Long> addresses = new TreeSet<>();
    for (int number = 0; number <= LunAddress.MAX_NUMBER; number++) {
      addresses.add(LunAddress.of(number));
      assertThat(LunAddress.number(LunAddress.of(number))).isEqualTo(number);
    }
    assertThat(addresses).hasSize(LunAddress.MAX_NUMBER + 1);
    assertThat(LunAddress.of(255)).isEqualTo(0x00ff_0000_0000_0000L);
    assertThat(LunAddress.of(256)).isEqualTo(0x4100_0000_0000_0000L);
  }

  @Test
  void otherAddressesAreNobody() {
    assertThat(LunAddress.number(0x4002_0000_0000_0000L)).isEqualTo(2); // flat space, small
    assertThat(LunAddress.number(0x0100_0000_0000_0000L)).isEqualTo(-1); // bus 1
    assertThat(LunAddress.number(0x0000_0001_0000_0000L)).isEqualTo(-1); // second level
    assertThat(LunAddress.number(0x8000_0000_0000_0000L)).isEqualTo(-1); // logical unit addressing
    assertThat(LunAddress.number(0xc101_0000_0000_0000L)).isEqualTo(-1); // well known
  }

  @Test
  void identitiesDifferInEveryForm() {
    Set<String> seen = new TreeSet<>();
    UUID one = UUID.fromString("00000000-0000-0000-0000-000000000001");
    UUID two = UUID.fromString("00000000-0000-0001-0000-000000000000");
    for (UUID resource : new UUID[] {one, two}) {
      for (int number = 0; number < 300; number++) {
        Identity identity = new Identity(resource, number);
        assertThat(identity.naa() >>> 60).isEqualTo(3);
        seen.add("naa " + identity.naa());
        seen.add("serial " + identity.serial());
        seen.add("name " + identity.name());
      }
    }
    assertThat(seen).hasSize(2 * 300 * 3);
  }
}
