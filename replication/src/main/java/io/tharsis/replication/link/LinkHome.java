package io.tharsis.replication.link;

import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Owner;

/**
 * Where a link lives.
 *
 * @param owner everything about the link happens on it
 * @param clock time for that owner
 */
public record LinkHome(Owner owner, Clock clock) {}
