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
import io.tharsis.it.process.Condition;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** What one portal answers, to an initiator that gives nothing twice. */
final class Portals {

  private static final Sense UNAVAILABLE = new Sense(2, 0x04, 0x0C);
  private static final int UNIT_ATTENTION = 6;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private Portals() {}

  /** It must say that it does not serve the LUN, and nobody knows until when. */
  static void assertUnavailable(IscsiUrl lun) throws IOException {
    assertThat(testUnitReady(lun).sense()).as("TEST UNIT READY at " + lun).contains(UNAVAILABLE);
  }

  /** Waits until all portals say the same of all port groups, of which one is the best way. */
  static void awaitAgreement(List<IscsiUrl> portals) throws IOException {
    Condition.await(
        portals + " agree on the best way",
        LIMIT,
        () -> {
          byte[] first = groups(portals.getFirst());
          boolean same = true;
          for (IscsiUrl portal : portals) {
            same &= Arrays.equals(first, groups(portal));
          }
          return same && optimized(first) == 1;
        });
  }

  private static byte[] groups(IscsiUrl portal) throws IOException {
    try (Initiator initiator =
        Initiator.connect(portal, InitiatorSettings.named("iqn.2026-11.io.tharsis.it:groups"))) {
      return new ScsiDevice(initiator).reportTargetPortGroups();
    }
  }

  private static int optimized(byte[] groups) {
    int found = 0;
    for (int at = 4; at < groups.length; at += 8 + 4 * groups[at + 7]) {
      found += (groups[at] & 0x0F) == 0 ? 1 : 0;
    }
    return found;
  }

  /** What TEST UNIT READY ends with behind the unit attentions of a new session. */
  private static CommandResult testUnitReady(IscsiUrl lun) throws IOException {
    InitiatorSettings settings =
        InitiatorSettings.named("iqn.2026-11.io.tharsis.it:look")
            .withUnitAttentions(InitiatorSettings.UnitAttentions.KEPT);
    try (Initiator initiator = Initiator.connect(lun, settings)) {
      CommandResult result = initiator.execute(Cdb.testUnitReady(), Payload.NONE);
      while (result.sense().filter(sense -> sense.key() == UNIT_ATTENTION).isPresent()) {
        result = initiator.execute(Cdb.testUnitReady(), Payload.NONE);
      }
      return result;
    }
  }
}
