package io.tharsis.server.iscsi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Data in both directions, RFC 7143 4.2.4, 11.3, 11.7 and 11.8. */
class TransferTest extends OnePortal {

  private static byte[] random(int bytes) {
    byte[] data = new byte[bytes];
    new Random(bytes).nextBytes(data);
    return data;
  }

  private byte[] disk(int from, int bytes) {
    return Arrays.copyOfRange(fixture.device.disk, from, from + bytes);
  }

  @Test
  void aWriteWhoseDataComesWithTheCommandIsStored() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn()) {
      byte[] data = random(4096);
      initiator.send(initiator.write(8, 8).data(data));
      RawPdu response = initiator.receive();
      assertThat(response.opcode()).isEqualTo(0x21);
      assertThat(response.byteAt(3)).isZero();
      assertThat(response.at(44)).isZero();
      assertThat(disk(8 * 512, 4096)).isEqualTo(data);
    }
  }

  @Test
  void aReadEndsWithStatusInItsLastDataIn() throws Exception {
    byte[] data = random(4096);
    System.arraycopy(data, 0, fixture.device.disk, 0, data.length);
    try (RawInitiator initiator = fixture.loggedIn("MaxRecvDataSegmentLength=1024")) {
      RawPdu command = initiator.read(0, 8);
      initiator.send(command);
      ByteArrayOutputStream got = new ByteArrayOutputStream();
      for (int dataSn = 0; dataSn < 4; dataSn++) {
        RawPdu pdu = initiator.receive();
        assertThat(pdu.opcode()).isEqualTo(0x25);
        assertThat(pdu.at(36)).isEqualTo(dataSn);
        assertThat(pdu.at(40)).isEqualTo(dataSn * 1024);
        assertThat(pdu.flags()).isEqualTo(dataSn == 3 ? 0x81 : 0);
        got.writeBytes(pdu.data);
      }
      assertThat(got.toByteArray()).isEqualTo(data);
    }
  }

  @Test
  void dataInSequencesEndAtMaxBurstLength() throws Exception {
    try (RawInitiator initiator =
        fixture.loggedIn("MaxRecvDataSegmentLength=1024", "MaxBurstLength=2048")) {
      initiator.send(initiator.read(0, 8));
      int[] flags = new int[4];
      for (int i = 0; i < 4; i++) {
        flags[i] = initiator.receive().flags();
      }
      assertThat(flags).containsExactly(0, 0x80, 0, 0x81);
    }
  }

  @Test
  void aLongWriteIsAskedForInBurstsSeveralAtATime() throws Exception {
    try (RawInitiator initiator =
        fixture.loggedIn(
            "ImmediateData=No", "MaxBurstLength=4096", "MaxOutstandingR2T=2", "InitialR2T=Yes")) {
      byte[] data = random(5 * 4096 + 512);
      RawPdu command = initiator.write(0, data.length / 512);
      initiator.send(command);
      RawPdu[] asked = {initiator.receive(), initiator.receive()};
      int sequences = 6;
      for (int i = 0; i < sequences; i++) {
        RawPdu r2t = asked[i % 2];
        assertThat(r2t.opcode()).isEqualTo(0x31);
        assertThat(r2t.at(36)).isEqualTo(i);
        assertThat(r2t.at(40)).isEqualTo(i * 4096);
        int bytes = r2t.at(44);
        assertThat(bytes).isEqualTo(i == 5 ? 512 : 4096);
        sendInTwo(initiator, command.tag(), r2t, data);
        if (i + 2 < sequences) {
          asked[i % 2] = initiator.receive();
        }
      }
      RawPdu response = initiator.receive();
      assertThat(response.opcode()).isEqualTo(0x21);
      assertThat(response.byteAt(3)).isZero();
      assertThat(response.at(36)).isEqualTo(sequences);
      assertThat(disk(0, data.length)).isEqualTo(data);
    }
  }

  private static void sendInTwo(RawInitiator initiator, int tag, RawPdu r2t, byte[] data)
      throws Exception {
    int from = r2t.at(40);
    int to = from + r2t.at(44);
    int half = from + 252;
    int transferTag = r2t.at(20);
    byte[] first = Arrays.copyOfRange(data, from, half);
    byte[] second = Arrays.copyOfRange(data, half, to);
    initiator.send(initiator.dataOut(tag, transferTag, 0, from, first).flags(0));
    initiator.send(initiator.dataOut(tag, transferTag, 1, half, second));
  }

  @Test
  void immediateUnsolicitedAndSolicitedDataMakeOneWrite() throws Exception {
    try (RawInitiator initiator =
        fixture.loggedIn("InitialR2T=No", "FirstBurstLength=4096", "MaxBurstLength=8192")) {
      byte[] data = random(12288);
      RawPdu command = initiator.write(0, 24).flags(0x21).data(Arrays.copyOf(data, 1024));
      initiator.send(command);
      initiator.send(
          initiator
              .dataOut(command.tag(), -1, 0, 1024, Arrays.copyOfRange(data, 1024, 2048))
              .flags(0));
      initiator.send(
          initiator.dataOut(command.tag(), -1, 1, 2048, Arrays.copyOfRange(data, 2048, 4096)));
      RawPdu r2t = initiator.receive();
      assertThat(r2t.opcode()).isEqualTo(0x31);
      assertThat(r2t.at(40)).isEqualTo(4096);
      assertThat(r2t.at(44)).isEqualTo(8192);
      sendInTwo(initiator, command.tag(), r2t, data);
      assertThat(initiator.receive().byteAt(3)).isZero();
      assertThat(disk(0, data.length)).isEqualTo(data);
    }
  }

  @Test
  void aZeroLengthReadIsAnswered() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn()) {
      initiator.send(initiator.read(0, 0));
      RawPdu response = initiator.receive();
      assertThat(response.opcode()).isEqualTo(0x21);
      assertThat(response.flags()).isEqualTo(0x80);
      assertThat(response.byteAt(3)).isZero();
    }
  }

  @Test
  void residualsOfReads() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn()) {
      initiator.send(initiator.command(0xc1, 1024, FakeDevice.READ_10, 0, 1));
      RawPdu under = initiator.receive();
      assertThat(under.flags()).isEqualTo(0x83);
      assertThat(under.at(44)).isEqualTo(512);
      assertThat(under.data).hasSize(512);
      initiator.send(initiator.command(0xc1, 200, FakeDevice.READ_10, 0, 1));
      RawPdu over = initiator.receive();
      assertThat(over.flags()).isEqualTo(0x85);
      assertThat(over.at(44)).isEqualTo(312);
      assertThat(over.data).hasSize(200);
      initiator.send(initiator.command(0xc1, 0, FakeDevice.READ_10, 0, 1));
      RawPdu nothing = initiator.receive();
      assertThat(nothing.opcode()).isEqualTo(0x21);
      assertThat(nothing.flags()).isEqualTo(0x84);
      assertThat(nothing.at(44)).isEqualTo(512);
    }
  }

  @Test
  void residualsOfWrites() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn()) {
      initiator.send(initiator.command(0xa1, 1024, FakeDevice.WRITE_10, 0, 1).data(random(1024)));
      RawPdu under = initiator.receive();
      assertThat(under.flags()).isEqualTo(0x82);
      assertThat(under.at(44)).isEqualTo(512);
      initiator.send(initiator.command(0xa1, 512, FakeDevice.WRITE_10, 0, 2).data(random(512)));
      RawPdu over = initiator.receive();
      assertThat(over.flags()).isEqualTo(0x84);
      assertThat(over.at(44)).isEqualTo(512);
    }
  }

  @Test
  void aRefusalCarriesSenseWithItsLengthAndTheResidual() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn()) {
      initiator.send(initiator.command(0xc1, 100, 0xfe, 0, 0));
      RawPdu response = initiator.receive();
      assertThat(response.byteAt(3)).isEqualTo(2);
      assertThat(response.flags()).isEqualTo(0x82);
      assertThat(response.at(44)).isEqualTo(100);
      assertThat(response.data).hasSize(20).startsWith(0, 18, 0x70, 0, 5);
      assertThat(response.data[14]).isEqualTo((byte) 0x20);
    }
  }

  @Test
  void aRefusalWaitsForTheUnsolicitedDataThatIsOnItsWay() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn("InitialR2T=No")) {
      RawPdu command = initiator.command(0x21, 2048, 0xfe, 0, 0).data(random(1024));
      initiator.send(command);
      initiator.send(initiator.ping(new byte[0]));
      assertThat(initiator.receive().opcode()).isEqualTo(0x20);
      initiator.send(initiator.dataOut(command.tag(), -1, 0, 1024, random(1024)));
      assertThat(initiator.receive().byteAt(3)).isEqualTo(2);
    }
  }

  @Test
  void wrongDataSequenceNumberStoresNothing() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn("ImmediateData=No")) {
      RawPdu command = initiator.write(0, 2);
      initiator.send(command);
      RawPdu r2t = initiator.receive();
      initiator.send(initiator.dataOut(command.tag(), r2t.at(20), 0, 0, random(512)).flags(0));
      initiator.send(initiator.dataOut(command.tag(), r2t.at(20), 0, 512, random(512)));
      RawPdu response = initiator.receive();
      assertThat(response.byteAt(3)).isEqualTo(2);
      assertThat(response.data).startsWith(0, 18, 0x70, 0, 0x0b);
      assertThat(response.data[14]).isEqualTo((byte) 0x47);
      assertThat(disk(0, 1024)).isEqualTo(new byte[1024]);
      initiator.send(initiator.testUnitReady());
      assertThat(initiator.receive().byteAt(3)).isZero();
    }
  }

  @Test
  void dataBeyondWhatWasAskedForStoresNothing() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn("ImmediateData=No")) {
      RawPdu command = initiator.write(0, 2);
      initiator.send(command);
      RawPdu r2t = initiator.receive();
      initiator.send(initiator.dataOut(command.tag(), r2t.at(20), 0, 512, random(1024)));
      RawPdu response = initiator.receive();
      assertThat(response.byteAt(3)).isEqualTo(2);
      assertThat(response.data[14]).isEqualTo((byte) 0x0c);
      assertThat(response.data[15]).isEqualTo((byte) 0x0d);
    }
  }

  @Test
  void aTransferTagNobodyGaveOutIsRejected() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn("ImmediateData=No")) {
      RawPdu command = initiator.write(0, 2);
      initiator.send(command);
      RawPdu r2t = initiator.receive();
      initiator.send(initiator.dataOut(command.tag(), 0x7777, 0, 0, random(1024)));
      assertThat(initiator.receive().opcode()).isEqualTo(0x3f);
      initiator.send(initiator.dataOut(command.tag(), r2t.at(20), 0, 0, random(1024)));
      assertThat(initiator.receive().byteAt(3)).isZero();
    }
  }

  @Test
  void immediateDataThatWasNotAgreedOnFailsTheCommand() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn("ImmediateData=No")) {
      initiator.send(initiator.write(0, 2).data(random(1024)));
      RawPdu response = initiator.receive();
      assertThat(response.byteAt(3)).isEqualTo(2);
      assertThat(response.data[14]).isEqualTo((byte) 0x0c);
      assertThat(response.data[15]).isEqualTo((byte) 0x0c);
    }
  }

  @Test
  void everySplitOfTheStreamGivesTheSame() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn()) {
      byte[] data = random(512);
      byte[] bytes = initiator.write(3, 1).data(data).bytes();
      int length = bytes.length;
      for (int cut = 1; cut < length; cut++) {
        byte[] next = cut == 1 ? bytes : initiator.write(3, 1).data(data).bytes();
        Arrays.fill(fixture.device.disk, 3 * 512, 4 * 512, (byte) 0);
        initiator.sendBytes(Arrays.copyOf(next, cut));
        initiator.sendBytes(Arrays.copyOfRange(next, cut, length));
        assertThat(initiator.receive().byteAt(3)).isZero();
        assertThat(disk(3 * 512, 512)).isEqualTo(data);
      }
    }
  }
}
