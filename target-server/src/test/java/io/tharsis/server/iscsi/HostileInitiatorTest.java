package io.tharsis.server.iscsi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What an initiator may get wrong, or do rightly at an awkward moment: each has brought down,
 * blocked or confused a target before. After each the target serves the next initiator.
 */
class HostileInitiatorTest extends OnePortal {

  @AfterEach
  void serves() throws Exception {
    try (RawInitiator other = fixture.connect()) {
      other.isid = 99;
      other.loggedIn();
      other.send(other.testUnitReady());
      assertThat(other.receive().byteAt(3)).isZero();
    }
  }

  @Test
  void pingsWhileAWriteWaitsForDataDoNotEndTheWrite() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn("ImmediateData=No")) {
      RawPdu command = initiator.write(0, 2);
      initiator.send(command);
      RawPdu r2t = initiator.receive();
      for (int i = 0; i < 2; i++) {
        initiator.send(initiator.ping(new byte[] {1, 2, 3, 4, 5}));
        RawPdu pong = initiator.receive();
        assertThat(pong.opcode()).isEqualTo(0x20);
        assertThat(pong.data).containsExactly(1, 2, 3, 4, 5);
      }
      byte[] data = new byte[1024];
      Arrays.fill(data, (byte) 7);
      initiator.send(initiator.dataOut(command.tag(), r2t.at(20), 0, 0, data));
      assertThat(initiator.receive().tag()).isEqualTo(command.tag());
      assertThat(Arrays.copyOf(fixture.device.disk, 1024)).isEqualTo(data);
    }
  }

  @Test
  void aCommandBetweenR2tAndItsDataIsAnswered() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn("ImmediateData=No")) {
      RawPdu write = initiator.write(0, 2);
      initiator.send(write);
      RawPdu r2t = initiator.receive();
      RawPdu other = initiator.testUnitReady();
      initiator.send(other);
      assertThat(initiator.receive().tag()).isEqualTo(other.tag());
      initiator.send(initiator.dataOut(write.tag(), r2t.at(20), 0, 0, new byte[1024]));
      assertThat(initiator.receive().tag()).isEqualTo(write.tag());
    }
  }

  @Test
  void connectingAndClosingIsNothingSpecial() throws Exception {
    for (int i = 0; i < 10; i++) {
      fixture.connect().close();
    }
  }

  @Test
  void aPeerThatResetsIsNothingSpecial() throws Exception {
    RawInitiator initiator = fixture.loggedIn();
    initiator.send(initiator.read(0, 1000));
    initiator.socket.setSoLinger(true, 0);
    initiator.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "MaxBurstLength=abc",
        "MaxBurstLength=",
        "MaxBurstLength=99999999999999999999",
        "MaxBurstLength=-1",
        "MaxBurstLength=0x",
        "MaxBurstLength=1",
        "HeaderDigest=[",
        "HeaderDigest=CRC32C",
        "InitialR2T=maybe",
        "ImmediateData=yes",
        "ErrorRecoveryLevel=3",
        "TargetPortalGroupTag=1"
      })
  void anUnfitValueIsRejectedAndChangesNothing(String pair) throws Exception {
    try (RawInitiator initiator = fixture.connect()) {
      RawPdu response = initiator.login(pair);
      assertThat(response.at(36)).isZero();
      String key = pair.substring(0, pair.indexOf('='));
      assertThat(response.pairs()).contains(key + "=Reject");
      initiator.send(initiator.testUnitReady());
      assertThat(initiator.receive().byteAt(3)).isZero();
    }
  }

  @Test
  void anEmptyValueIsAValue() throws Exception {
    try (RawInitiator initiator = fixture.connect()) {
      RawPdu response = initiator.login("InitiatorAlias=", "X-org.test=");
      assertThat(response.at(36)).isZero();
      assertThat(response.pairs()).contains("X-org.test=NotUnderstood");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0x07, 0x1f, 0x11, 0x20, 0x25, 0x31, 0x3e, 0x3f})
  void anOpcodeThatIsNoneOfOursIsRejected(int opcode) throws Exception {
    try (RawInitiator initiator = fixture.loggedIn()) {
      RawPdu odd = RawPdu.of(opcode).flags(0x80).tag(55).data(new byte[5]);
      initiator.send(odd);
      RawPdu reject = initiator.receive();
      assertThat(reject.opcode()).isEqualTo(0x3f);
      assertThat(reject.byteAt(2)).isEqualTo(RejectReason.COMMAND_NOT_SUPPORTED.code());
      assertThat(reject.data).isEqualTo(Arrays.copyOf(odd.bytes(), 48));
      initiator.send(initiator.testUnitReady());
      assertThat(initiator.receive().byteAt(3)).isZero();
    }
  }

  @Test
  void anUnknownOpcodeBeforeLoginEndsOnlyThatConnection() throws Exception {
    try (RawInitiator initiator = fixture.connect()) {
      initiator.send(RawPdu.of(0x1f));
      assertThat(initiator.receive().at(36) >>> 16).isEqualTo(0x020b);
      assertThat(initiator.isClosedByTarget()).isTrue();
    }
  }

  @Test
  void snackIsRejected() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn()) {
      initiator.send(RawPdu.of(0x10).flags(0x80).tag(-1).set(20, -1));
      assertThat(initiator.receive().byteAt(2)).isEqualTo(RejectReason.SNACK_REJECT.code());
    }
  }

  @Test
  void additionalHeadersAreRead() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn()) {
      byte[] extended = new byte[20];
      extended[1] = 17;
      extended[2] = 1;
      initiator.send(initiator.testUnitReady().ahs(extended));
      assertThat(initiator.receive().byteAt(3)).isZero();
      initiator.send(initiator.ping(new byte[3]).ahs(new byte[1020]));
      assertThat(initiator.receive().data).hasSize(3);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 0x1000, 0xffff})
  void additionalHeadersThatDoNotFitAreRejected(int length) throws Exception {
    try (RawInitiator initiator = fixture.loggedIn()) {
      byte[] ahs = new byte[4];
      ahs[0] = (byte) (length >> 8);
      ahs[1] = (byte) length;
      ahs[2] = 1;
      initiator.send(initiator.testUnitReady().ahs(ahs));
      assertThat(initiator.receive().byteAt(2)).isEqualTo(RejectReason.INVALID_PDU_FIELD.code());
      initiator.send(initiator.testUnitReady());
      assertThat(initiator.receive().byteAt(3)).isZero();
    }
  }

  @Test
  void paddingMayComeLater() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn()) {
      byte[] ping = initiator.ping(new byte[] {1, 2, 3, 4, 5}).bytes();
      initiator.sendBytes(Arrays.copyOf(ping, ping.length - 3));
      initiator.sendBytes(new byte[3]);
      assertThat(initiator.receive().data).hasSize(5);
      initiator.send(initiator.testUnitReady());
      assertThat(initiator.receive().byteAt(3)).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 47, 48, 100})
  void theEndInTheMiddleOfAPduEndsTheSession(int bytes) throws Exception {
    RawInitiator initiator = fixture.loggedIn();
    initiator.sendBytes(Arrays.copyOf(initiator.write(0, 1).data(new byte[512]).bytes(), bytes));
    initiator.socket.shutdownOutput();
    assertThat(initiator.isClosedByTarget()).isTrue();
    fixture.device.events.await("lose ");
    initiator.close();
  }

  @Test
  void anImmediateTaskManagementFunctionDuringAWriteIsAnswered() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn("ImmediateData=No")) {
      RawPdu write = initiator.write(0, 2);
      initiator.send(write);
      RawPdu r2t = initiator.receive();
      initiator.send(initiator.manage(1, write.tag()));
      RawPdu response = initiator.receive();
      assertThat(response.opcode()).isEqualTo(0x22);
      assertThat(response.byteAt(2)).isZero();
      initiator.send(initiator.dataOut(write.tag(), r2t.at(20), 0, 0, new byte[1024]));
      initiator.send(initiator.testUnitReady());
      assertThat(initiator.receive().opcode()).isEqualTo(0x21);
      assertThat(fixture.device.events.soFar()).doesNotContain("data " + write.tag());
    }
  }

  @Test
  void aDataSegmentBeyondWhatWeDeclaredEndsTheConnection() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn()) {
      byte[] header = initiator.ping(new byte[0]).bytes();
      header[5] = (byte) 0xff;
      header[6] = (byte) 0xff;
      header[7] = (byte) 0xff;
      initiator.sendBytes(header);
      RawPdu reject = initiator.receive();
      assertThat(reject.opcode()).isEqualTo(0x3f);
      assertThat(reject.byteAt(2)).isEqualTo(RejectReason.PROTOCOL_ERROR.code());
      assertThat(initiator.isClosedByTarget()).isTrue();
    }
  }

  @Test
  void aSilentClientBlocksNobody() throws Exception {
    try (RawInitiator silent = fixture.connect();
        RawInitiator half = fixture.connect()) {
      half.sendBytes(new byte[20]);
      serves();
      assertThat(silent.socket.isConnected()).isTrue();
    }
  }

  @Test
  void whoeverPingsAndNeverReadsIsDropped() throws Exception {
    try (RawInitiator initiator =
        new RawInitiator(fixture.address, 8192).loggedIn("MaxRecvDataSegmentLength=262144")) {
      byte[] ping = initiator.ping(new byte[256 << 10]).bytes();
      for (int i = 0; i < 200; i++) {
        initiator.sendBytes(ping);
      }
      fixture.device.events.await("lose ");
    }
  }

  @Test
  void aTagInUseIsRejected() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn("ImmediateData=No")) {
      RawPdu write = initiator.write(0, 2);
      initiator.send(write);
      RawPdu r2t = initiator.receive();
      initiator.send(initiator.testUnitReady().tag(write.tag()));
      assertThat(initiator.receive().byteAt(2)).isEqualTo(RejectReason.TASK_IN_PROGRESS.code());
      initiator.send(initiator.dataOut(write.tag(), r2t.at(20), 0, 0, new byte[1024]));
      assertThat(initiator.receive().opcode()).isEqualTo(0x21);
    }
  }

  @Test
  void dataForNoCommandIsRejected() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn()) {
      initiator.send(initiator.dataOut(0x1234, -1, 0, 0, new byte[512]));
      assertThat(initiator.receive().opcode()).isEqualTo(0x3f);
    }
  }

  @Test
  void aSecondLoginRequestEndsTheConnection() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn()) {
      initiator.send(initiator.loginRequest(0x87, "InitiatorName=" + RawInitiator.NAME));
      assertThat(initiator.receive().opcode()).isEqualTo(0x3f);
      assertThat(initiator.isClosedByTarget()).isTrue();
    }
  }
}
