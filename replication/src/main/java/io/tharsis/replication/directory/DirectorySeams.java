package io.tharsis.replication.directory;

import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Entropy;
import io.tharsis.logfiles.seam.Store;

/**
 * How a directory reaches the world.
 *
 * @param store a directory of files of its own; locked while it is open
 * @param clock of the owner
 * @param entropy for jitter
 * @param warrant tells whether a cluster document is genuine
 */
public record DirectorySeams(Store store, Clock clock, Entropy entropy, Warrant warrant) {}
