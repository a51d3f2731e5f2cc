package io.tharsis.it.initiator;

import io.tharsis.it.bench.CacheMode;
import io.tharsis.it.bench.Peer;
import io.tharsis.it.bench.TgtPeer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Shows on a foreign target, Debian's tgtd, that the initiator does what it says. Run by hand,
 * because it needs the package tgt: the gate drives the initiator against our own target. Says what
 * it verified; ends with 1 at the first surprise.
 */
public final class InitiatorTgtCheck {

  private static final long DISK_BYTES = 64L << 20;
  private static final int BLOCK = 512;
  private static final int DEPTH = 32;
  private static final String NAME = "iqn.2026-11.io.tharsis:check";

  private final TgtPeer peer;

  private final Path directory;

  private InitiatorTgtCheck(Path directory) {
    this.directory = directory;
    this.peer = new TgtPeer(directory, DISK_BYTES);
  }

  /** The only argument is an existing directory for the target's file. */
  public static void main(String[] arguments) throws Exception {
    Path directory = Files.createTempDirectory(Path.of(arguments[0]), "check-");
    InitiatorTgtCheck check = new InitiatorTgtCheck(directory);
    try (Peer.Running target = check.peer.start(CacheMode.DURABLE)) {
      check.commands(target);
      check.senseAndResiduals(target);
      check.unitAttention(target);
      check.abortAndReconnect(target);
      check.reinstatement(target);
      check.timeout(target);
    }
    check.refused();
    check.idleKill();
    for (int round = 0; round < 5; round++) {
      check.killUnderLoad(round);
    }
  }

  private void commands(Peer.Running target) throws IOException {
    try (Initiator initiator = Initiator.connect(target.url(), InitiatorSettings.named(NAME))) {
      ScsiDevice device = new ScsiDevice(initiator);
      device.testUnitReady();
      expect(device.inquiry().length >= 36, "INQUIRY");
      expect(device.inquiryVpd(0x83)[1] == (byte) 0x83, "INQUIRY for VPD page 83");
      expect(
          device.readCapacity16().equals(new ScsiDevice.Capacity(DISK_BYTES / BLOCK, BLOCK)),
          "READ CAPACITY (16)");
      byte[] data = new byte[256 * BLOCK];
      new SplittableRandom(1).nextBytes(data);
      device.write(7, data, BLOCK);
      expect(
          Arrays.equals(data, device.read(7, 256, BLOCK)), "WRITE (16) and READ (16) of 128 KiB");
      device.out(Cdb.write10(9, 1, true), Arrays.copyOf(data, BLOCK));
      expect(
          Arrays.equals(Arrays.copyOf(data, BLOCK), device.in(Cdb.read10(9, 1), BLOCK)),
          "WRITE (10) with FUA");
      device.synchronizeCache();
      expect(true, "SYNCHRONIZE CACHE (10)");
    }
  }

  private void senseAndResiduals(Peer.Running target) throws IOException {
    try (Initiator initiator = Initiator.connect(target.url(), InitiatorSettings.named(NAME));
        Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(4096);
      CommandResult beyond =
          initiator.execute(
              Cdb.read10(DISK_BYTES / BLOCK, 1), Payload.in(memory.asSlice(0, BLOCK)));
      expectSense(beyond, 0x5, 0x21, "READ beyond the end");
      expectSense(
          initiator.execute(Cdb.raw(0xfe, 0, 0, 0, 0, 0), Payload.NONE),
          0x5,
          0x20,
          "an unknown operation");
      CommandResult shorter = initiator.execute(Cdb.read10(0, 1), Payload.in(memory));
      expect(shorter.underflowBytes() == 4096 - BLOCK, "underflow " + shorter);
      CommandResult longer =
          initiator.execute(Cdb.read10(0, 8), Payload.in(memory.asSlice(0, BLOCK)));
      expect(longer.overflowBytes() == 4096 - BLOCK, "overflow " + longer);
    }
  }

  private void unitAttention(Peer.Running target) throws IOException {
    InitiatorSettings kept =
        InitiatorSettings.named(NAME + "-fresh")
            .withUnitAttentions(InitiatorSettings.UnitAttentions.KEPT);
    try (Initiator initiator = Initiator.connect(target.url(), kept)) {
      expectSense(
          initiator.execute(Cdb.testUnitReady(), Payload.NONE),
          0x6,
          0x29,
          "the first command after a login");
    }
  }

  private void abortAndReconnect(Peer.Running target) throws IOException {
    Initiator initiator = Initiator.connect(target.url(), InitiatorSettings.named(NAME));
    List<CommandStatus> ends = new ArrayList<>();
    for (int i = 0; i < DEPTH; i++) {
      initiator.submit(
          Cdb.testUnitReady(), Payload.NONE, (_, result) -> ends.add(result.status()), i);
    }
    try (Initiator again = initiator.reconnect()) {
      expect(
          ends.size() == DEPTH && ends.stream().allMatch(CommandStatus.LOST::equals),
          "abort completes all as LOST");
      new ScsiDevice(again).testUnitReady();
      expect(true, "reconnect");
    }
  }

  /**
   * RFC 7143, 6.3.5 wants the older session gone; tgtd 1.0.85 keeps both, so this only tells what
   * happened.
   */
  private void reinstatement(Peer.Running target) throws IOException {
    InitiatorSettings fixed = InitiatorSettings.named(NAME).withSessionQualifier(7);
    try (Initiator first = Initiator.connect(target.url(), fixed);
        Initiator second = Initiator.connect(target.url(), fixed)) {
      new ScsiDevice(second).testUnitReady();
      new ScsiDevice(first).testUnitReady();
      expect(true, "two sessions with one ISID, both kept by this target");
    } catch (ConnectionLostException e) {
      expect(true, "the older of two sessions with one ISID was cut off: " + e.getMessage());
    }
  }

  private void timeout(Peer.Running target) throws IOException {
    InitiatorSettings short1 = InitiatorSettings.named(NAME).withTimeout(Duration.ofSeconds(1));
    try (Initiator initiator = Initiator.connect(target.url(), short1)) {
      signal("STOP", target.child().pid());
      CommandResult result = initiator.execute(Cdb.testUnitReady(), Payload.NONE);
      signal("CONT", target.child().pid());
      expect(result.status() == CommandStatus.TIMED_OUT, "a silent target: " + result.status());
    }
  }

  private void refused() throws IOException {
    try {
      Initiator.connect(
              new IscsiUrl("127.0.0.1", 1, "iqn.2026-11.nobody", 0), InitiatorSettings.named(NAME))
          .close();
      expect(false, "a refused connection is an exception");
    } catch (IOException e) {
      expect(true, "a refused connection: " + e.getMessage());
    }
  }

  private void idleKill() throws IOException {
    try (Peer.Running target = peer.start(CacheMode.DURABLE);
        Initiator initiator = Initiator.connect(target.url(), InitiatorSettings.named(NAME))) {
      target.child().kill();
      expectLost(initiator, "the death of the target, with nothing in flight");
    }
  }

  /**
   * tgtd with O_SYNC survives its own death through the page cache, so every rule of the ledger
   * must hold.
   */
  private void killUnderLoad(int round) throws IOException {
    WriteLedger ledger = new WriteLedger(round, WriteLedger.Promise.STABLE_WHEN_GOOD);
    try (Peer.Running target = peer.start(CacheMode.DURABLE)) {
      writeUntilKilled(target, ledger, 2_000 + round * 500);
    }
    byte[] bytes = Files.readAllBytes(directory.resolve("tgt-disk.img"));
    List<String> violations =
        ledger.violations(block -> StampedWrites.stampOf(slice(bytes, block)));
    expect(
        violations.isEmpty(),
        ledger.acknowledgedCount()
            + " acknowledged writes of "
            + ledger.issuedCount()
            + " after kill -9 are on the disk "
            + violations);
  }

  private static void writeUntilKilled(Peer.Running target, WriteLedger ledger, long killAfter)
      throws IOException {
    Initiator initiator =
        Initiator.connect(target.url(), InitiatorSettings.named(NAME).withQueueDepth(DEPTH + 1));
    ScsiDevice.Capacity capacity = new ScsiDevice(initiator).readCapacity16();
    try (StampedWrites writes = new StampedWrites(initiator, ledger, capacity, killAfter);
        initiator) {
      while (true) {
        if (writes.completedCount() > killAfter && target.child().isAlive()) {
          target.child().kill();
        }
        writes.turn(500);
      }
    } catch (ConnectionLostException e) {
      expect(true, "kill -9 under load: " + e.getMessage());
    }
    expect(initiator.inFlight() == 0, "nothing is in flight after it");
  }

  private static byte[] slice(byte[] bytes, long block) {
    int at = (int) block * StampedWrites.STAMPED_BYTES;
    return Arrays.copyOfRange(bytes, at, at + StampedWrites.STAMPED_BYTES);
  }

  private static void expectLost(Initiator initiator, String what) {
    try {
      for (int turn = 0; turn < 20; turn++) {
        initiator.poll(500);
      }
      expect(false, what);
    } catch (ConnectionLostException e) {
      expect(true, what + ": " + e.getMessage());
    }
  }

  private static void expectSense(CommandResult result, int key, int asc, String what) {
    Optional<CommandResult.Sense> sense = result.sense();
    expect(
        sense.isPresent() && sense.get().key() == key && sense.get().asc() == asc,
        what + ": " + result);
  }

  private static void signal(String name, long pid) throws IOException {
    try {
      expect(
          new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor() == 0,
          "SIG" + name);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static void expect(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError("FAILED: " + what);
    }
    System.out.println("ok: " + what);
  }
}
