package io.tharsis.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.it.initiator.Cdb;
import io.tharsis.it.initiator.CommandResult;
import io.tharsis.it.initiator.CommandResult.Sense;
import io.tharsis.it.initiator.Initiator;
import io.tharsis.it.initiator.InitiatorSettings;
import io.tharsis.it.initiator.IscsiUrl;
import io.tharsis.it.initiator.Payload;
import io.tharsis.it.initiator.ScsiDevice;
import io.tharsis.it.initiator.WriteLedger;
import io.tharsis.it.process.Checkout;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * An initiator moves the role of primary with SET TARGET PORT GROUPS, between two nodes that are
 * processes of their own and whose settings allow it.
 */
class ExplicitAccessIT {

  private static final String R = "r";
  private static final String CLIENT = "q";

  /** What lets initiators move the role. */
  static final String ALLOWED =
      """
      [iscsi]
      explicit-alua = true
      """;

  private static final int IMPLICIT = 1;
  private static final int BOTH = 3;
  private static final int OPTIMIZED = 0;
  private static final int NON_OPTIMIZED = 1;

  /** INVALID FIELD IN PARAMETER LIST: refused. */
  private static final Sense REFUSED = new Sense(5, 0x26, 0x00);

  /** INVALID FIELD IN CDB: there is no such command. */
  private static final Sense UNKNOWN = new Sense(5, 0x24, 0x00);

  private final WriteLedger ledger = new WriteLedger(1, WriteLedger.Promise.STABLE_WHEN_GOOD);
  private Path directory;
  private TestNode alpha;
  private TestNode beta;

  @BeforeEach
  void start() throws IOException {
    directory = Checkout.find().workDirectory("explicit-access");
    alpha = TestNode.begin(directory, "alpha", HostPlace.HERE, "64MiB", ALLOWED);
    beta = TestNode.begin(directory, "beta", HostPlace.HERE, "64MiB", ALLOWED);
    alpha.awaitReady();
    beta.awaitReady();
    alpha.tell("create-cluster");
    alpha.invite(beta);
  }

  @AfterEach
  void end() throws IOException {
    alpha.close();
    beta.close();
  }

  @Test
  void anInitiatorMovesTheRoleWhereTheNodeAllowsIt() throws IOException {
    for (String resource : List.of(R, CLIENT)) {
      alpha.tell("create-resource", resource, alpha.disk(resource).toString(), "--size", "32MiB");
      beta.awaitShown(resource + ":");
    }
    beta.tell("join-resource", R, beta.disk(R).toString());
    beta.tell("wait-resource", R, "uptodate");
    beta.tell("attach-client", CLIENT);

    IscsiUrl atAlpha = alpha.awaitLun(R);
    IscsiUrl atBeta = beta.awaitLun(R);
    theRoleGoesToBetaUnderLoad(atAlpha, atBeta);
    whatTheVerbWouldRefuseIsRefused(atAlpha, atBeta);
    whoHasNoReplicaTakesNoWishes(beta.awaitLun(CLIENT));
    nobodyIsForced(atBeta);

    beta.stop();
    close(directory);
  }

  private void close(Path left) throws IOException {
    end();
    Checkout.remove(left);
  }

  private void theRoleGoesToBetaUnderLoad(IscsiUrl atAlpha, IscsiUrl atBeta) throws IOException {
    ClusterLoad load = ClusterLoad.beginGently(atAlpha, ledger, 1);
    load.awaitWrites(200);
    try (Lun lun = Lun.at(atBeta)) {
      assertThat(lun.tpgs()).isEqualTo(BOTH);
      assertThat(lun.states()).containsValues(OPTIMIZED, NON_OPTIMIZED);
      int own = lun.group(NON_OPTIMIZED);
      assertThat(lun.set(own)).as("SET TARGET PORT GROUPS").isEmpty();
      // who has asked is answered when it is so, and not told of it once more
      assertThat(lun.ready()).as("TEST UNIT READY").isEmpty();
      assertThat(lun.group(OPTIMIZED)).isEqualTo(own);
      assertThat(beta.shown(R)).contains("Primary");
      assertThat(lun.set(own)).as("what is so already").isEmpty();
    }
    load.awaitWrites(200);
    load.stop();
    Portals.awaitAgreement(List.of(atAlpha, atBeta));
    ClusterLoad.verify(atBeta, ledger);
    ClusterLoad.verify(atAlpha, ledger);
  }

  private void whatTheVerbWouldRefuseIsRefused(IscsiUrl atAlpha, IscsiUrl atBeta)
      throws IOException {
    try (Lun lun = Lun.at(atBeta)) {
      assertThat(lun.set(lun.group(NON_OPTIMIZED))).as("another's group").contains(REFUSED);
    }
    alpha.tell("pause-fetch", R);
    try (Lun lun = Lun.at(atAlpha)) {
      int own = lun.group(NON_OPTIMIZED);
      assertThat(lun.set(own)).as("no log comes").contains(REFUSED);
      assertThat(beta.shown(R)).contains("Primary");
      alpha.tell("resume-fetch", R);
      alpha.tell("wait-resource", R, "uptodate");
      assertThat(lun.set(own)).as("and back").isEmpty();
      assertThat(alpha.shown(R)).contains("Primary");
    }
    ClusterLoad.verify(atBeta, ledger);
  }

  private static void whoHasNoReplicaTakesNoWishes(IscsiUrl client) throws IOException {
    try (Lun lun = Lun.at(client)) {
      assertThat(lun.tpgs()).isEqualTo(IMPLICIT);
      assertThat(lun.set(lun.group(NON_OPTIMIZED))).contains(UNKNOWN);
    }
  }

  private void nobodyIsForced(IscsiUrl atBeta) throws IOException {
    Portals.awaitAgreement(List.of(atBeta));
    try (Lun lun = Lun.at(atBeta)) {
      int own = lun.group(NON_OPTIMIZED);
      alpha.kill();
      assertThat(lun.set(own)).as("the primary is gone").contains(REFUSED);
      assertThat(beta.shown(R)).contains("Secondary");
    }
  }

  /**
   * A session of an initiator that gives nothing twice, but for what the last change of role was.
   */
  private static final class Lun implements AutoCloseable {
    private static final int INQUIRY_TPGS = 5;
    private static final int LIST_BYTES = 8;

    private final Initiator initiator;

    private Lun(Initiator initiator) {
      this.initiator = initiator;
    }

    static Lun at(IscsiUrl url) throws IOException {
      return new Lun(
          Initiator.connect(url, InitiatorSettings.named("iqn.2026-11.io.tharsis.it:explicit")));
    }

    int tpgs() throws IOException {
      return (new ScsiDevice(initiator).inquiry()[INQUIRY_TPGS] >> 4) & 3;
    }

    /** The state of each group by its number. */
    SortedMap<Integer, Integer> states() throws IOException {
      byte[] groups = new ScsiDevice(initiator).reportTargetPortGroups();
      SortedMap<Integer, Integer> states = new TreeMap<>();
      for (int at = 4; at < groups.length; at += 8 + 4 * groups[at + 7]) {
        states.put(((groups[at + 2] & 0xFF) << 8) | (groups[at + 3] & 0xFF), groups[at] & 0x0F);
      }
      return states;
    }

    /** The only group in a state. */
    int group(int state) throws IOException {
      SortedMap<Integer, Integer> states = states();
      assertThat(states.values()).containsOnlyOnce(state);
      return states.keySet().stream().filter(one -> states.get(one) == state).findFirst().get();
    }

    Optional<Sense> ready() throws IOException {
      return initiator.execute(Cdb.testUnitReady(), Payload.NONE).sense();
    }

    /** Asks that a group be active/optimized; why not, or empty if that is GOOD. */
    Optional<Sense> set(int group) throws IOException {
      byte[] list = {0, 0, 0, 0, OPTIMIZED, 0, (byte) (group >> 8), (byte) group};
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment memory = arena.allocate(LIST_BYTES);
        memory.copyFrom(MemorySegment.ofArray(list));
        Cdb cdb = Cdb.raw(0xA4, 0x0A, 0, 0, 0, 0, 0, 0, 0, LIST_BYTES, 0, 0);
        CommandResult result = initiator.execute(cdb, Payload.out(memory));
        if (result.isAccessChanged()) {
          result = initiator.execute(cdb, Payload.out(memory));
        }
        assertThat(result.isGood()).isEqualTo(result.sense().isEmpty());
        return result.sense();
      }
    }

    @Override
    public void close() {
      initiator.close();
    }
  }
}
