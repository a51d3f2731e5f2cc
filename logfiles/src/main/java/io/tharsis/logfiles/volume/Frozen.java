package io.tharsis.logfiles.volume;

import java.util.UUID;

/**
 * Where a log ends that takes no changes for a while, durably: whoever has it up to here has
 * everything that was ever acknowledged.
 *
 * @param endLsn the end
 * @param epochId the epoch that is frozen
 */
public record Frozen(long endLsn, UUID epochId) {}
