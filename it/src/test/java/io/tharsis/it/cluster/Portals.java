package io.tharsis.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.it.initiator.Cdb;
import io.tharsis.it.initiator.CommandResult;
import io.tharsis.it.initiator.CommandResult.Sense;
import io.tharsis.it.initiator.Initiator;
import io.tharsis.it.initiator.InitiatorSettings;
import io.tharsis.it.initiator.IscsiUrl;
import io.tharsis.it.initiator.Payload;
import java.io.IOException;

/** What one portal answers, to an initiator that gives nothing twice. */
final class Portals {

  private static final Sense UNAVAILABLE = new Sense(2, 0x04, 0x0C);
  private static final int UNIT_ATTENTION = 6;

  private Portals() {}

  /** It must say that it does not serve the LUN, and nobody knows until when. */
  static void assertUnavailable(IscsiUrl lun) throws IOException {
    assertThat(testUnitReady(lun).sense()).as("TEST UNIT READY at " + lun).contains(UNAVAILABLE);
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
