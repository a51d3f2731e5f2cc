package io.tharsis.server.iscsi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Login, RFC 7143 6.3, 11.12 and 11.13, and what a session is afterwards. */
class LoginTest extends OnePortal {

  private static final String INITIATOR = "InitiatorName=" + RawInitiator.NAME;
  private static final String TARGET = "TargetName=" + RawInitiator.TARGET;

  private int statusOf(int flags, String... keys) throws Exception {
    try (RawInitiator initiator = fixture.connect()) {
      initiator.send(initiator.loginRequest(flags, keys));
      RawPdu response = initiator.receive();
      int status = response.at(36) >>> 16;
      if (status != 0) {
        assertThat(initiator.isClosedByTarget()).isTrue();
        assertThat(fixture.counts.loginFailures).contains(status);
      }
      return status;
    }
  }

  @Test
  void bothStages() throws Exception {
    try (RawInitiator initiator = fixture.connect()) {
      initiator.send(initiator.loginRequest(0x81, INITIATOR, TARGET, "AuthMethod=CHAP,None"));
      RawPdu security = initiator.receive();
      assertThat(security.flags()).isEqualTo(0x81);
      assertThat(security.pairs())
          .containsExactlyInAnyOrder("AuthMethod=None", "TargetPortalGroupTag=258");
      initiator.send(initiator.loginRequest(0x87, "HeaderDigest=CRC32C,None"));
      RawPdu operational = initiator.receive();
      assertThat(operational.flags()).isEqualTo(0x87);
      assertThat(operational.pairs())
          .containsExactlyInAnyOrder("HeaderDigest=None", "MaxRecvDataSegmentLength=262144");
      assertThat(operational.at(12) & 0xffff).isNotZero();
      assertThat(operational.at(28)).isEqualTo(initiator.cmdSn);
      assertThat(operational.at(32)).isEqualTo(initiator.cmdSn + 127);
      initiator.send(initiator.testUnitReady());
      assertThat(initiator.receive().byteAt(3)).isZero();
    }
  }

  @Test
  void stayingInAStageUntilTheInitiatorWantsToLeave() throws Exception {
    try (RawInitiator initiator = fixture.connect()) {
      initiator.send(initiator.loginRequest(0x04, INITIATOR, TARGET));
      assertThat(initiator.receive().flags()).isEqualTo(0x04);
      initiator.send(initiator.loginRequest(0x87, "InitialR2T=No"));
      assertThat(initiator.receive().flags()).isEqualTo(0x87);
    }
  }

  @Test
  void aTextMayBeCutAnywhere() throws Exception {
    try (RawInitiator initiator = fixture.connect()) {
      byte[] text = initiator.loginRequest(0, INITIATOR, TARGET, "MaxConnections=4").data;
      int cut = INITIATOR.length() - 5;
      initiator.send(initiator.loginRequest(0x44).data(java.util.Arrays.copyOf(text, cut)));
      RawPdu empty = initiator.receive();
      assertThat(empty.flags()).isEqualTo(0x04);
      assertThat(empty.data).isEmpty();
      initiator.send(
          initiator.loginRequest(0x87).data(java.util.Arrays.copyOfRange(text, cut, text.length)));
      RawPdu whole = initiator.receive();
      assertThat(whole.at(36)).isZero();
      assertThat(whole.pairs()).contains("MaxConnections=1");
    }
  }

  @Test
  void refusalsSayWhatIsWrong() throws Exception {
    assertThat(statusOf(0x87, INITIATOR, "TargetName=iqn.2026-11.io.tharsis:other"))
        .isEqualTo(0x0203);
    assertThat(statusOf(0x87, INITIATOR)).isEqualTo(0x0207);
    assertThat(statusOf(0x87, TARGET)).isEqualTo(0x0207);
    assertThat(statusOf(0x87, "InitiatorName=", TARGET)).isEqualTo(0x0207);
    assertThat(statusOf(0x87, INITIATOR, TARGET, "SessionType=Other")).isEqualTo(0x0209);
    assertThat(statusOf(0x81, INITIATOR, TARGET, "AuthMethod=CHAP")).isEqualTo(0x0201);
    assertThat(statusOf(0x87, "InitiatorName=me", TARGET)).isEqualTo(0x0200);
    assertThat(statusOf(0x87, INITIATOR, TARGET, "nokey")).isEqualTo(0x0200);
    assertThat(statusOf(0x87, INITIATOR, TARGET, "MaxConnections=1", "MaxConnections=1"))
        .isEqualTo(0x0200);
    assertThat(statusOf(0xc7, INITIATOR, TARGET)).isEqualTo(0x0200);
    assertThat(statusOf(0x86, INITIATOR, TARGET)).isEqualTo(0x0200);
    assertThat(statusOf(0x8b, INITIATOR, TARGET)).isEqualTo(0x020b);
  }

  @Test
  void aVersionWeDoNotSpeak() throws Exception {
    try (RawInitiator initiator = fixture.connect()) {
      initiator.send(initiator.loginRequest(0x87, INITIATOR, TARGET).setByte(2, 1).setByte(3, 1));
      assertThat(initiator.receive().at(36) >>> 16).isEqualTo(0x0205);
    }
  }

  @Test
  void aSessionHandleNobodyGaveOut() throws Exception {
    try (RawInitiator initiator = fixture.connect()) {
      RawPdu request = initiator.loginRequest(0x87, INITIATOR, TARGET);
      initiator.send(request.setByte(15, 77));
      assertThat(initiator.receive().at(36) >>> 16).isEqualTo(0x020a);
    }
  }

  @Test
  void aSecondConnectionOfASession() throws Exception {
    try (RawInitiator first = fixture.connect();
        RawInitiator second = fixture.connect()) {
      int tsih = first.login().at(12) & 0xffff;
      RawPdu request = second.loginRequest(0x87, INITIATOR, TARGET).setByte(21, 1);
      second.send(request.setByte(14, tsih >> 8).setByte(15, tsih));
      assertThat(second.receive().at(36) >>> 16).isEqualTo(0x0206);
      first.send(first.testUnitReady());
      assertThat(first.receive().byteAt(3)).isZero();
    }
  }

  @Test
  void aNewLoginOfTheSamePortEndsTheOldSessionFirst() throws Exception {
    try (RawInitiator old = fixture.loggedIn("ImmediateData=No");
        RawInitiator fresh = fixture.connect()) {
      old.send(old.write(0, 1));
      old.receive();
      fixture.device.keepLoss(true);
      fresh.send(fresh.loginRequest(0x87, INITIATOR, TARGET));
      assertThat(old.isClosedByTarget()).isTrue();
      String port = RawInitiator.NAME + ",i,0x400000000001";
      assertThat(fixture.device.events.soFar())
          .containsSubsequence("establish " + port, "lose " + port, "aborted 100");
      assertThat(fixture.device.events.soFar().stream().filter(e -> e.startsWith("establish")))
          .hasSize(1);
      fixture.device.keepLoss(false);
      assertThat(fresh.receive().at(36)).isZero();
      assertThat(fixture.device.events.soFar()).endsWith("establish " + port);
    }
  }

  /** The end of the old session takes long, and its initiator does not wait for it. */
  @Test
  void loginsThatWaitForOnePortAreBounded() throws Exception {
    try (RawInitiator old = fixture.loggedIn();
        Waiting waiting = new Waiting()) {
      fixture.device.keepLoss(true);
      for (int i = 1; i <= SessionTable.MAX_WAITING_LOGINS; i++) {
        waiting.add(i);
      }
      try (RawInitiator beyond = fixture.connect()) {
        assertThat(beyond.login().at(36) >>> 16).isEqualTo(LoginStatus.OUT_OF_RESOURCES.code());
        assertThat(beyond.isClosedByTarget()).isTrue();
      }
      assertThat(fixture.counts.loginFailures).containsExactly(LoginStatus.OUT_OF_RESOURCES.code());
      try (RawInitiator otherPort = fixture.connect()) {
        otherPort.isid = 2;
        otherPort.loggedIn();
      }
      assertThat(old.isClosedByTarget()).isTrue();
      fixture.device.keepLoss(false);
      RawInitiator newest = waiting.all.getLast();
      assertThat(newest.receive().at(36)).isZero();
      newest.send(newest.testUnitReady());
      assertThat(newest.receive().byteAt(3)).isZero();
    }
  }

  @Test
  void aLoginThatHasGivenUpLeavesItsPlaceToTheNext() throws Exception {
    IscsiLimits usual = IscsiLimits.defaults();
    reopen(
        new IscsiLimits(
            usual.connections(),
            new IscsiLimits.Login(Duration.ofMillis(400), 32, 8192),
            usual.commands(),
            usual.immediateCommands(),
            usual.memory(),
            usual.nopIdle(),
            usual.nopTimeout()));
    try (RawInitiator old = loggedInAtLast()) {
      fixture.device.keepLoss(true);
      for (int i = 0; i <= SessionTable.MAX_WAITING_LOGINS; i++) {
        try (RawInitiator one = fixture.connect()) {
          one.send(one.loginRequest(0x87, INITIATOR, TARGET));
          assertThat(one.isClosedByTarget()).isTrue();
        }
      }
      assertThat(fixture.counts.loginFailures).isEmpty();
      assertThat(old.isClosedByTarget()).isTrue();
    }
  }

  /** Where logins may take so little time, a busy host may need several. */
  private RawInitiator loggedInAtLast() throws Exception {
    while (true) {
      RawInitiator initiator = fixture.connect();
      try {
        return initiator.loggedIn();
      } catch (EOFException | SocketException late) {
        initiator.close();
      }
    }
  }

  /** Logins of one port that wait on the target's loop for its session to end. */
  private final class Waiting implements AutoCloseable {
    final List<RawInitiator> all = new ArrayList<>();

    /** One more; waits until so many wait. */
    void add(int expected) throws Exception {
      RawInitiator initiator = fixture.connect();
      all.add(initiator);
      initiator.send(initiator.loginRequest(0x87, INITIATOR, TARGET));
      SessionTable sessions = fixture.target.sessions();
      String port = RawInitiator.NAME + ",i,0x400000000001";
      long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
      while (fixture.target.loop().submit(() -> sessions.waitingLogins(port)).get() != expected) {
        assertThat(System.nanoTime()).as("no login waits").isLessThan(deadline);
      }
    }

    @Override
    public void close() throws IOException {
      for (RawInitiator one : all) {
        one.close();
      }
    }
  }

  @Test
  void twoPortsOfOneInitiatorAreTwoSessions() throws Exception {
    try (RawInitiator one = fixture.loggedIn();
        RawInitiator two = fixture.connect()) {
      two.isid = 2;
      two.loggedIn();
      one.send(one.testUnitReady());
      assertThat(one.receive().byteAt(3)).isZero();
    }
  }

  @Test
  void logoutEndsTheSessionAndTheConnection() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn()) {
      initiator.send(initiator.logout());
      RawPdu response = initiator.receive();
      assertThat(response.opcode()).isEqualTo(0x26);
      assertThat(response.byteAt(2)).isZero();
      assertThat(initiator.isClosedByTarget()).isTrue();
      fixture.device.events.await("lose ");
    }
  }

  @Test
  void logoutOfAnotherConnectionIsAnswered() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn()) {
      initiator.send(initiator.logout().flags(0x81).setByte(21, 9));
      assertThat(initiator.receive().byteAt(2)).isEqualTo(1);
      initiator.send(initiator.logout().flags(0x82));
      assertThat(initiator.receive().byteAt(2)).isEqualTo(2);
    }
  }

  @Test
  void discoveryListsTargetsAtTheAddressInUse() throws Exception {
    try (RawInitiator initiator = fixture.connect().discovering()) {
      List<String> expected =
          List.of(TARGET, "TargetAddress=127.0.0.1:" + fixture.address.getPort() + ",258");
      assertThat(sendTargets(initiator, "All")).isEqualTo(expected);
      assertThat(sendTargets(initiator, RawInitiator.TARGET)).isEqualTo(expected);
      assertThat(sendTargets(initiator, "iqn.2026-11.io.tharsis:other")).isEmpty();
      initiator.send(initiator.testUnitReady());
      assertThat(initiator.receive().opcode()).isEqualTo(0x3f);
    }
  }

  @Test
  void aNormalSessionListsItsOwnTarget() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn()) {
      assertThat(sendTargets(initiator, "")).contains(TARGET);
      assertThat(sendTargets(initiator, "All")).containsExactly("SendTargets=Reject");
    }
  }

  private static List<String> sendTargets(RawInitiator initiator, String value) throws Exception {
    RawPdu request = RawPdu.of(0x04).flags(0x80).tag(initiator.nextTag++).set(20, -1);
    initiator.send(request.cmdSn(initiator.cmdSn++).text("SendTargets=" + value));
    RawPdu response = initiator.receive();
    assertThat(response.opcode()).isEqualTo(0x24);
    assertThat(response.flags()).isEqualTo(0x80);
    return response.pairs();
  }

  @Test
  void operationalKeysAreRejectedAfterLogin() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn()) {
      RawPdu request = RawPdu.of(0x44).flags(0x80).tag(5).set(20, -1).cmdSn(initiator.cmdSn);
      initiator.send(request.text("MaxBurstLength=512", "MaxRecvDataSegmentLength=512"));
      assertThat(initiator.receive().pairs()).containsExactly("MaxBurstLength=Reject");
      initiator.send(initiator.read(0, 2));
      assertThat(initiator.receive().data).hasSize(512);
    }
  }

  @Test
  void aLoginThatTakesTooLongIsClosed() throws Exception {
    fixture.close();
    IscsiLimits limits = IscsiLimits.defaults();
    fixture =
        new PortalFixture(
            new IscsiLimits(
                2,
                new IscsiLimits.Login(Duration.ofMillis(50), 4, 1024),
                limits.commands(),
                limits.immediateCommands(),
                limits.memory(),
                limits.nopIdle(),
                limits.nopTimeout()));
    try (RawInitiator silent = fixture.connect()) {
      assertThat(silent.isClosedByTarget()).isTrue();
    }
    assertThat(statusOf(0x04, INITIATOR, TARGET, "X-long=" + "x".repeat(1024))).isEqualTo(0x0200);
  }

  @Test
  void moreRequestsThanALoginNeedsAreRefused() throws Exception {
    try (RawInitiator initiator = fixture.connect()) {
      List<Integer> statuses = new ArrayList<>();
      initiator.send(initiator.loginRequest(0x04, INITIATOR, TARGET));
      statuses.add(initiator.receive().at(36) >>> 16);
      while (statuses.getLast() == 0) {
        initiator.send(initiator.loginRequest(0x04).data(new byte[0]));
        statuses.add(initiator.receive().at(36) >>> 16);
      }
      assertThat(statuses).hasSize(IscsiLimits.defaults().login().pdus() + 1);
    }
  }

  @Test
  void connectionsBeyondTheLimitAreClosedAtOnce() throws Exception {
    fixture.close();
    IscsiLimits limits = IscsiLimits.defaults();
    fixture =
        new PortalFixture(
            new IscsiLimits(
                1,
                limits.login(),
                limits.commands(),
                limits.immediateCommands(),
                limits.memory(),
                limits.nopIdle(),
                limits.nopTimeout()));
    try (RawInitiator one = fixture.loggedIn();
        RawInitiator two = fixture.connect()) {
      assertThat(two.isClosedByTarget()).isTrue();
      one.send(one.testUnitReady());
      assertThat(one.receive().byteAt(3)).isZero();
    }
  }
}
