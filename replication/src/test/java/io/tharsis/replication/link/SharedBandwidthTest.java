package io.tharsis.replication.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.seam.Owner;
import io.tharsis.logfiles.sim.SimHost;
import io.tharsis.logfiles.sim.SimOwner;
import io.tharsis.logfiles.sim.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Senders on several owners together send no more than one bucket allows. */
final class SharedBandwidthTest {

  private static final long RATE = 1 << 20;
  private static final long PIECE = 64 << 10;

  private final Simulation simulation = new Simulation(7);
  private final SimHost host = simulation.host("a");
  private final SimOwner home = host.owner();
  private final List<Sender> senders = new ArrayList<>();

  private final class Sender {
    private final Owner owner;
    private final Allowance allowance;
    private long sent;

    Sender(Bandwidth bucket, String name) {
      owner = host.owner(name);
      allowance = new SharedBandwidth(bucket, home, owner);
      owner.execute(this::send);
    }

    private void send() {
      while (allowance.isOpen()) {
        allowance.spend(PIECE);
        sent += PIECE;
      }
      allowance.await(this::send);
    }
  }

  private void begin(RateSchedule schedule) {
    Bandwidth bucket = new Bandwidth(host.clock(), schedule);
    for (String name : List.of("r1", "r2", "r3")) {
      senders.add(new Sender(bucket, name));
    }
  }

  private long sent() {
    return senders.stream().mapToLong(one -> one.sent).sum();
  }

  @Test
  void allTogetherSendWhatTheBucketGives() {
    begin(RateSchedule.always(RATE));
    simulation.runFor(Duration.ofSeconds(20));
    assertThat(sent()).isBetween(18 * RATE, 22 * RATE);
  }

  @Test
  void everybodyGetsAShare() {
    begin(RateSchedule.always(RATE));
    simulation.runFor(Duration.ofSeconds(20));
    assertThat(senders).allMatch(one -> one.sent > 4 * RATE);
  }
}
