package io.tharsis.it.trouble;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.it.initiator.Cdb;
import io.tharsis.it.initiator.CommandResult;
import io.tharsis.it.initiator.Initiator;
import io.tharsis.it.initiator.InitiatorSettings;
import io.tharsis.it.initiator.Payload;
import io.tharsis.it.initiator.Stamp;
import io.tharsis.it.process.Checkout;
import io.tharsis.it.process.ServePlan;
import io.tharsis.it.process.ServeProcess;
import io.tharsis.replication.control.LogView;
import io.tharsis.replication.control.RecordFilter;
import io.tharsis.replication.control.RecordLine;
import io.tharsis.replication.control.ResourceLog;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Acknowledged writes at the end of the log rot after a kill: the resource is refused until an
 * operator accepts the loss by its name; then it has everything before the damage and nothing
 * behind it.
 */
class AcceptLossIT {

  private static final long VOLUME = 11;
  private static final int BLOCK_BYTES = 4096;
  private static final int SECTORS = BLOCK_BYTES / 512;
  private static final int BLOCKS = 4096;
  private static final int HEADER_BYTES = 64;
  private static final int LOGFILE_HEADER_BYTES = 4096;
  private static final InitiatorSettings SETTINGS =
      InitiatorSettings.named("iqn.2026-11.io.tharsis.it:accept-loss");

  private Path directory;
  private ServePlan plan;

  @BeforeEach
  void make() throws IOException {
    directory = Checkout.find().workDirectory("accept-loss");
    plan =
        ServePlan.of(directory.resolve("data"), "a=" + directory.resolve("disk") + ",size=16MiB");
  }

  @AfterEach
  void remove() throws IOException {
    Checkout.remove(directory);
  }

  @Test
  void whatIsBehindTheDamageIsLostAndNamed() throws IOException {
    RecordLine damaged = killedWithUnappliedLog();
    rot(damaged);

    try (ServeProcess refused = ServeProcess.start(plan)) {
      assertThat(refused.awaitExit(ServeProcess.START_LIMIT)).as(refused.said()).isEqualTo(1);
      assertThat(refused.said())
          .contains("LOG_DAMAGED", "at LSN " + damaged.lsn(), "--accept-loss a");
    }
    try (ServeProcess serve = ServeProcess.ready(plan.with("--accept-loss", "a"))) {
      assertThat(serve.said())
          .contains("resource a: loss accepted", "at LSN " + damaged.lsn(), "is gone");
      assertKeptUpTo(serve, damaged.offset() / BLOCK_BYTES);
      assertThat(serve.stop()).as(serve.said()).isZero();
    }
    try (ServeProcess again = ServeProcess.ready(plan.with("--accept-loss", "a"))) {
      assertThat(again.said()).doesNotContain("loss accepted");
      assertKeptUpTo(again, damaged.offset() / BLOCK_BYTES);
      assertThat(again.stop()).as(again.said()).isZero();
    }
  }

  /**
   * Writes block after block, kills the node, and gives an acknowledged write that no disk has yet
   * and that others follow. The Applier is rarely so fast that there is none; then a new log is
   * tried.
   */
  private RecordLine killedWithUnappliedLog() throws IOException {
    while (true) {
      try (ServeProcess serve = ServeProcess.ready(plan);
          Initiator initiator = Initiator.connect(serve.url("a"), SETTINGS)) {
        for (int block = 0; block < BLOCKS; block++) {
          write(initiator, block);
        }
        serve.kill();
        initiator.abort();
      }
      List<RecordLine> unapplied = unappliedWrites();
      if (unapplied.size() > 10) {
        return unapplied.get(unapplied.size() / 2);
      }
      Checkout.remove(directory);
      make();
    }
  }

  private ResourceLog log() {
    return new ResourceLog(directory.resolve("data/resource-a"));
  }

  private List<RecordLine> unappliedWrites() throws IOException {
    List<RecordLine> lines = new ArrayList<>();
    long horizon = log().inspect().checkpoint().orElseThrow().horizonLsn();
    log().dump(new RecordFilter(horizon, Long.MAX_VALUE, List.of("WRITE")), lines::add);
    return lines;
  }

  private static void write(Initiator initiator, int block) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = arena.allocate(BLOCK_BYTES);
      new Stamp(VOLUME, block, 1).fill(data);
      CommandResult result =
          initiator.execute(Cdb.write16((long) block * SECTORS, SECTORS, false), Payload.out(data));
      assertThat(result.isGood()).as("block %d: %s", block, result).isTrue();
    }
  }

  private void rot(RecordLine record) throws IOException {
    LogView.LogfileView logfile =
        log().inspect().files().stream()
            .filter(file -> file.name().equals(record.logfile()))
            .findFirst()
            .orElseThrow();
    long base = logfile.header().orElseThrow().baseLsn();
    long at = LOGFILE_HEADER_BYTES + record.lsn() - base + HEADER_BYTES + 100;
    Path path = directory.resolve("data/resource-a").resolve(record.logfile());
    try (FileChannel file =
        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      assertThat(file.read(one, at)).isOne();
      one.put(0, (byte) (one.get(0) ^ 1));
      assertThat(file.write(one.flip(), at)).isOne();
    }
  }

  private static void assertKeptUpTo(ServeProcess serve, long end) throws IOException {
    try (Initiator initiator = Initiator.connect(serve.url("a"), SETTINGS);
        Arena arena = Arena.ofConfined()) {
      MemorySegment data = arena.allocate(BLOCK_BYTES);
      for (int block = 0; block < BLOCKS; block++) {
        CommandResult result =
            initiator.execute(Cdb.read16((long) block * SECTORS, SECTORS), Payload.in(data));
        assertThat(result.isGood()).as("block %d: %s", block, result).isTrue();
        Optional<Stamp> expected =
            block < end ? Optional.of(new Stamp(VOLUME, block, 1)) : Optional.empty();
        assertThat(Stamp.read(data)).as("block %d", block).isEqualTo(expected);
      }
    }
  }
}
