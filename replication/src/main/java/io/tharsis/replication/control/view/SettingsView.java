package io.tharsis.replication.control.view;

import io.tharsis.replication.control.OnSplit;
import io.tharsis.replication.control.ReplicationMode;
import java.time.Duration;

/**
 * What was decided for a resource, at all its members.
 *
 * @param mode what GOOD on a write promises
 * @param onSplit what a primary does that hears that it was replaced by force
 * @param keepBranches for how long what a member has given up is kept
 */
public record SettingsView(ReplicationMode mode, OnSplit onSplit, Duration keepBranches) {

  /** Where nothing was said. */
  public static final SettingsView STANDARD =
      new SettingsView(new ReplicationMode.Async(), OnSplit.STOP_SERVING, Duration.ofDays(7));
}
