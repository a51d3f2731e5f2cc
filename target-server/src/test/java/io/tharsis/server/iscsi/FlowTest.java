package io.tharsis.server.iscsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Command numbering, task management, memory, slow and silent initiators, the orderly end. */
class FlowTest extends OnePortal {

  private static IscsiLimits limits(IscsiLimits.Memory memory, Duration idle, Duration timeout) {
    IscsiLimits usual = IscsiLimits.defaults();
    return new IscsiLimits(
        usual.connections(),
        usual.login(),
        usual.commands(),
        usual.immediateCommands(),
        memory,
        idle,
        timeout);
  }

  // ---- numbering ----

  @Test
  void commandsRunInTheOrderOfTheirNumbers() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn()) {
      RawPdu first = initiator.testUnitReady();
      RawPdu second = initiator.testUnitReady();
      RawPdu third = initiator.testUnitReady();
      initiator.send(third);
      initiator.send(second);
      initiator.send(first);
      List<Integer> tags = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        tags.add(initiator.receive().tag());
      }
      assertThat(tags).containsExactly(first.tag(), second.tag(), third.tag());
    }
  }

  @Test
  void aHeldWriteKeepsTheDataThatCameForIt() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn("InitialR2T=No")) {
      RawPdu first = initiator.testUnitReady();
      byte[] half = new byte[512];
      half[0] = 9;
      RawPdu write = initiator.write(0, 2).flags(0x21).data(half);
      initiator.send(write);
      initiator.send(initiator.dataOut(write.tag(), -1, 0, 512, half));
      initiator.send(first);
      assertThat(initiator.receive().tag()).isEqualTo(first.tag());
      assertThat(initiator.receive().tag()).isEqualTo(write.tag());
      assertThat(fixture.device.disk[0]).isEqualTo((byte) 9);
      assertThat(fixture.device.disk[512]).isEqualTo((byte) 9);
    }
  }

  @Test
  void numbersOutsideTheWindowAreIgnored() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn()) {
      initiator.send(initiator.testUnitReady().cmdSn(initiator.cmdSn + 1000));
      initiator.cmdSn--;
      RawPdu good = initiator.testUnitReady();
      initiator.send(good);
      assertThat(initiator.receive().tag()).isEqualTo(good.tag());
      initiator.send(initiator.testUnitReady().cmdSn(initiator.cmdSn - 2));
      initiator.send(initiator.ping(new byte[0]));
      assertThat(initiator.receive().opcode()).isEqualTo(0x20);
    }
  }

  @Test
  void theWindowIs128CommandsAndNeverLessThanPromised() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn()) {
      fixture.device.keep(true);
      for (int i = 0; i < 130; i++) {
        initiator.send(initiator.testUnitReady());
      }
      initiator.send(initiator.ping(new byte[0]));
      RawPdu full = initiator.receive();
      assertThat(full.opcode()).isEqualTo(0x20);
      assertThat(full.at(28)).isEqualTo(7 + 128);
      assertThat(full.at(32)).isEqualTo(7 + 127);
      fixture.device.keep(false);
      Set<Integer> tags = new HashSet<>();
      for (int i = 0; i < 128; i++) {
        tags.add(initiator.receive().tag());
      }
      assertThat(tags).hasSize(128);
      assertThat(initiator.maxCmdSn).isEqualTo(7 + 128 + 127);
    }
  }

  @Test
  void numbersWrapAround() throws Exception {
    try (RawInitiator initiator = fixture.connect()) {
      initiator.cmdSn = -2;
      initiator.loggedIn();
      for (int i = 0; i < 5; i++) {
        initiator.send(initiator.testUnitReady());
        assertThat(initiator.receive().byteAt(3)).isZero();
      }
      assertThat(initiator.maxCmdSn).isEqualTo(3 + 127);
    }
  }

  // ---- task management ----

  @Test
  void anAbortedTaskIsNotAnswered() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn()) {
      fixture.device.keep(true);
      RawPdu read = initiator.read(0, 1);
      initiator.send(read);
      initiator.send(initiator.manage(1, read.tag()));
      RawPdu response = initiator.receive();
      assertThat(response.opcode()).isEqualTo(0x22);
      assertThat(response.byteAt(2)).isZero();
      fixture.device.keep(false);
      RawPdu next = initiator.testUnitReady();
      initiator.send(next);
      assertThat(initiator.receive().tag()).isEqualTo(next.tag());
      assertThat(initiator.maxCmdSn).isEqualTo(initiator.cmdSn + 127);
    }
  }

  @Test
  void abortingWhatIsNotThere() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn()) {
      initiator.send(initiator.manage(1, 4711).set(32, initiator.cmdSn - 1));
      assertThat(initiator.receive().byteAt(2)).isEqualTo(1);
    }
  }

  @Test
  void abortingACommandThatNeverCameFillsItsPlace() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn()) {
      RawPdu lost = initiator.testUnitReady();
      RawPdu next = initiator.testUnitReady();
      initiator.send(next);
      initiator.send(initiator.manage(1, lost.tag()).set(32, lost.at(24)));
      Set<Integer> opcodes = new HashSet<>();
      opcodes.add(initiator.receive().opcode());
      opcodes.add(initiator.receive().opcode());
      assertThat(opcodes).containsExactlyInAnyOrder(0x21, 0x22);
      assertThat(fixture.device.events.soFar()).doesNotContain("begin " + lost.tag());
    }
  }

  @Test
  void aResetByAnotherInitiatorGivesBackThePlaces() throws Exception {
    try (RawInitiator one = fixture.loggedIn();
        RawInitiator two = fixture.connect()) {
      two.isid = 2;
      two.loggedIn();
      fixture.device.keep(true);
      for (int i = 0; i < 128; i++) {
        one.send(one.testUnitReady());
      }
      fixture.device.events.await("begin " + (one.nextTag - 1));
      two.send(two.manage(5, -1));
      assertThat(two.receive().byteAt(2)).isZero();
      fixture.device.keep(false);
      one.send(one.ping(new byte[0]));
      assertThat(one.receive().opcode()).isEqualTo(0x20);
      assertThat(one.maxCmdSn).isEqualTo(one.cmdSn + 127);
    }
  }

  @Test
  void functionsWeDoNotHave() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn()) {
      initiator.send(initiator.manage(3, -1));
      assertThat(initiator.receive().byteAt(2)).isEqualTo(5);
      initiator.send(initiator.manage(8, -1));
      assertThat(initiator.receive().byteAt(2)).isEqualTo(4);
      initiator.send(initiator.manage(77, -1));
      assertThat(initiator.receive().byteAt(2)).isEqualTo(255);
    }
  }

  @Test
  void tooManyImmediateCommandsAreRejected() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn()) {
      fixture.device.keep(true);
      for (int i = 0; i < 17; i++) {
        RawPdu command = initiator.testUnitReady().setByte(0, 0x41);
        initiator.cmdSn--;
        initiator.send(command.cmdSn(initiator.cmdSn));
      }
      RawPdu reject = initiator.receive();
      assertThat(reject.byteAt(2)).isEqualTo(RejectReason.IMMEDIATE_COMMAND_REJECT.code());
      fixture.device.keep(false);
      for (int i = 0; i < 16; i++) {
        assertThat(initiator.receive().opcode()).isEqualTo(0x21);
      }
    }
  }

  // ---- memory ----

  @Test
  void whenMemoryIsUsedUpCommandsWaitAndPingsAreAnswered() throws Exception {
    IscsiLimits usual = IscsiLimits.defaults();
    reopen(limits(new IscsiLimits.Memory(8192, 8192, 0), usual.nopIdle(), usual.nopTimeout()));
    try (RawInitiator initiator = fixture.loggedIn("ImmediateData=No")) {
      RawPdu one = initiator.write(0, 16);
      RawPdu two = initiator.write(16, 16);
      initiator.send(one);
      initiator.send(two);
      RawPdu r2t = initiator.receive();
      assertThat(r2t.tag()).isEqualTo(one.tag());
      initiator.send(initiator.ping(new byte[0]));
      RawPdu pong = initiator.receive();
      assertThat(pong.opcode()).isEqualTo(0x20);
      assertThat(fixture.counts.heldBack.get()).isEqualTo(1);
      initiator.send(initiator.dataOut(one.tag(), r2t.at(20), 0, 0, new byte[8192]));
      List<RawPdu> got = List.of(initiator.receive(), initiator.receive());
      RawPdu second = got.stream().filter(pdu -> pdu.opcode() == 0x31).findFirst().orElseThrow();
      assertThat(second.tag()).isEqualTo(two.tag());
      assertThat(initiator.maxCmdSn).isGreaterThan(pong.at(32));
      initiator.send(initiator.dataOut(two.tag(), second.at(20), 0, 0, new byte[8192]));
      assertThat(initiator.receive().tag()).isEqualTo(two.tag());
    }
  }

  @Test
  void aCommandThatWaitsForMemoryCanBeAborted() throws Exception {
    IscsiLimits usual = IscsiLimits.defaults();
    reopen(limits(new IscsiLimits.Memory(8192, 8192, 0), usual.nopIdle(), usual.nopTimeout()));
    try (RawInitiator initiator = fixture.loggedIn("ImmediateData=No")) {
      RawPdu one = initiator.write(0, 16);
      RawPdu two = initiator.write(16, 16);
      initiator.send(one);
      initiator.receive();
      initiator.send(two);
      initiator.send(initiator.manage(1, two.tag()));
      RawPdu response = initiator.receive();
      assertThat(response.opcode()).isEqualTo(0x22);
      assertThat(response.byteAt(2)).isZero();
      initiator.send(initiator.manage(5, -1));
      assertThat(initiator.receive().byteAt(2)).isZero();
      assertThat(fixture.device.events.soFar()).doesNotContain("begin " + two.tag());
      assertThat(initiator.maxCmdSn).isEqualTo(initiator.cmdSn + 127);
    }
  }

  /** Each wants a transfer of its own; all together they hold no more than they may. */
  @Test
  void manyConnectionsTogetherKeepTheBudget() throws Exception {
    int connections = 64;
    int bytes = 256 << 10;
    long budget = 1 << 20;
    IscsiLimits usual = IscsiLimits.defaults();
    reopen(limits(new IscsiLimits.Memory(budget, budget, 0), usual.nopIdle(), usual.nopTimeout()));
    List<RawInitiator> waiting = new ArrayList<>();
    ArrayDeque<RawPdu> asked = new ArrayDeque<>();
    ArrayDeque<RawInitiator> askedOf = new ArrayDeque<>();
    for (int i = 0; i < connections; i++) {
      RawInitiator one = fixture.connect();
      one.isid = i + 1;
      one.loggedIn("ImmediateData=No", "MaxBurstLength=1048576");
      one.send(one.write(i * 512, 512));
      one.send(one.ping(new byte[0]));
      RawPdu pdu = one.receive();
      if (pdu.opcode() == 0x31) {
        asked.add(pdu);
        askedOf.add(one);
        pdu = one.receive();
      } else {
        waiting.add(one);
      }
      assertThat(pdu.opcode()).as("a pong, memory or not").isEqualTo(0x20);
    }
    assertThat(asked).hasSize((int) (budget / bytes));
    for (int i = 0; i < connections; i++) {
      assertThat(usedBytes()).isLessThanOrEqualTo(budget);
      RawInitiator one = askedOf.remove();
      RawPdu r2t = asked.remove();
      one.send(one.dataOut(r2t.tag(), r2t.at(20), 0, 0, new byte[bytes]));
      assertThat(one.receive().opcode()).isEqualTo(0x21);
      one.close();
      if (!waiting.isEmpty()) {
        RawInitiator next = waiting.removeFirst();
        asked.add(next.receive());
        askedOf.add(next);
        assertThat(asked.getLast().opcode()).as("in the order of arrival").isEqualTo(0x31);
      }
    }
    assertThat(usedBytes()).isZero();
  }

  private long usedBytes() throws Exception {
    return fixture.target.loop().submit(() -> fixture.target.memory().usedBytes()).get();
  }

  @Test
  void aLoneTransferIsNeverTooLarge() throws Exception {
    IscsiLimits usual = IscsiLimits.defaults();
    reopen(limits(new IscsiLimits.Memory(65536, 8192, 0), usual.nopIdle(), usual.nopTimeout()));
    try (RawInitiator initiator = fixture.loggedIn()) {
      for (int i = 0; i < 3; i++) {
        initiator.send(initiator.read(0, 64));
        assertThat(initiator.receive().data).hasSize(8192);
        for (int left = 3; left > 0; left--) {
          assertThat(initiator.receive().data).hasSize(8192);
        }
      }
    }
  }

  /** Who waits for memory and goes away does not hold up those behind. */
  @Test
  void aConnectionThatGoesLeavesItsTurnToTheNext() throws Exception {
    IscsiLimits usual = IscsiLimits.defaults();
    reopen(limits(new IscsiLimits.Memory(8192, 8192, 0), usual.nopIdle(), usual.nopTimeout()));
    try (RawInitiator holder = fixture.loggedIn("ImmediateData=No");
        RawInitiator waiting = fixture.connect();
        RawInitiator next = fixture.connect()) {
      RawPdu write = holder.write(0, 16);
      holder.send(write);
      RawPdu r2t = holder.receive();
      waiting.isid = 2;
      waiting.loggedIn().send(waiting.read(0, 16));
      waiting.send(waiting.ping(new byte[0]));
      assertThat(waiting.receive().opcode()).isEqualTo(0x20);
      next.isid = 3;
      next.loggedIn().send(next.read(0, 16));
      next.send(next.ping(new byte[0]));
      assertThat(next.receive().opcode()).isEqualTo(0x20);
      waiting.socket.close();
      fixture.device.events.await("lose " + RawInitiator.NAME + ",i,0x400000000002");
      holder.send(holder.dataOut(write.tag(), r2t.at(20), 0, 0, new byte[8192]));
      assertThat(holder.receive().tag()).isEqualTo(write.tag());
      assertThat(next.receive().data).hasSize(8192);
    }
  }

  @Test
  void oneConnectionsHungerDoesNotStarveAnother() throws Exception {
    IscsiLimits usual = IscsiLimits.defaults();
    IscsiLimits.Memory memory =
        new IscsiLimits.Memory(8192, 8192L * (usual.connections() + 1), 8192);
    reopen(limits(memory, usual.nopIdle(), usual.nopTimeout()));
    try (RawInitiator one = fixture.loggedIn("ImmediateData=No");
        RawInitiator two = fixture.connect()) {
      two.isid = 2;
      two.loggedIn();
      one.send(one.write(0, 16));
      assertThat(one.receive().opcode()).isEqualTo(0x31);
      for (int i = 0; i < 3; i++) {
        two.send(two.read(0, 16));
      }
      for (int i = 0; i < 3; i++) {
        RawPdu pdu = two.receive();
        while (pdu.opcode() == 0x20) {
          pdu = two.receive();
        }
        assertThat(pdu.data).hasSize(8192);
      }
    }
  }

  @Test
  void anAnswerThatWaitsHoldsNoMoreThanIsExpected() throws Exception {
    try (RawInitiator slow = new RawInitiator(fixture.address, 8192).loggedIn()) {
      for (int i = 0; i < 12; i++) {
        slow.send(slow.read(i * 2048, 2048));
      }
      RawPdu cheap = slow.command(0xc1, 512, FakeDevice.READ_10, 0, 2048);
      slow.send(cheap);
      fixture.device.events.await("begin " + cheap.tag());
      // the first waits for the turn in which it was begun, the second for what that has posted
      fixture.device.keep(false);
      fixture.device.keep(false);
      List<ByteBuf> produced = List.copyOf(fixture.device.produced);
      assertThat(produced).hasSize(13);
      assertThat(produced.get(11).refCnt()).as("a whole answer, which waits").isPositive();
      assertThat(produced.get(12).refCnt()).as("more than is expected").isZero();
      int statuses = 0;
      while (statuses < 13) {
        RawPdu pdu = slow.receive();
        statuses += pdu.opcode() == 0x25 ? pdu.flags() & 1 : 0;
        if (pdu.tag() == cheap.tag()) {
          assertThat(pdu.data).hasSize(512);
          assertThat(pdu.flags() & 7).as("overflow, with status").isEqualTo(5);
          assertThat(pdu.at(44)).isEqualTo((1 << 20) - 512);
        }
      }
    }
  }

  @Test
  void aSlowReaderGetsEverythingAndHoldsUpNobody() throws Exception {
    for (int i = 0; i < fixture.device.disk.length; i += 512) {
      fixture.device.disk[i] = (byte) (i >> 9);
    }
    try (RawInitiator slow = new RawInitiator(fixture.address, 8192).loggedIn();
        RawInitiator other = fixture.connect()) {
      for (int i = 0; i < 32; i++) {
        slow.send(slow.read(i * 2048, 2048));
      }
      fixture.device.events.await("begin " + (slow.nextTag - 17));
      other.isid = 2;
      other.loggedIn();
      other.send(other.testUnitReady());
      assertThat(other.receive().byteAt(3)).isZero();
      int statuses = 0;
      long bytes = 0;
      while (statuses < 32) {
        RawPdu pdu = slow.receive();
        if (pdu.opcode() == 0x25) {
          int block = (pdu.tag() - 100) * 2048 + pdu.at(40) / 512;
          assertThat(pdu.data[0]).isEqualTo((byte) block);
          bytes += pdu.data.length;
          statuses += pdu.flags() & 1;
        }
      }
      assertThat(bytes).isEqualTo(32L << 20);
    }
  }

  // ---- silence and the end ----

  @Test
  void aSilentInitiatorIsPingedAndThenDropped() throws Exception {
    IscsiLimits.Memory memory = IscsiLimits.defaults().memory();
    reopen(limits(memory, Duration.ofMillis(30), Duration.ofMillis(300)));
    try (RawInitiator initiator = fixture.loggedIn()) {
      RawPdu ping = initiator.receive();
      assertThat(ping.opcode()).isEqualTo(0x20);
      assertThat(ping.tag()).isEqualTo(-1);
      initiator.send(RawPdu.of(0x40).flags(0x80).tag(-1).set(20, ping.at(20)));
      RawPdu again = initiator.receive();
      assertThat(again.at(20)).isNotEqualTo(ping.at(20));
      assertThat(initiator.isClosedByTarget()).isTrue();
    }
    fixture.device.events.await("lose ");
  }

  @Test
  void closingFinishesWhatWasBegun() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn()) {
      fixture.device.keep(true);
      RawPdu write = initiator.write(0, 1).data(new byte[512]);
      initiator.send(write);
      fixture.device.events.await("data " + write.tag());
      var closed = fixture.portal.close(Duration.ofSeconds(5));
      fixture.device.keep(false);
      assertThat(initiator.receive().tag()).isEqualTo(write.tag());
      assertThat(initiator.isClosedByTarget()).isTrue();
      closed.get(5, TimeUnit.SECONDS);
      assertThat(fixture.portal.connectionCount()).isZero();
    }
  }

  @Test
  void closingWaitsNoLongerThanAllowed() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn()) {
      fixture.device.keep(true);
      initiator.send(initiator.testUnitReady());
      fixture.device.events.await("begin ");
      fixture.portal.close(Duration.ofMillis(50)).get(5, TimeUnit.SECONDS);
      assertThat(initiator.isClosedByTarget()).isTrue();
    }
  }
}
