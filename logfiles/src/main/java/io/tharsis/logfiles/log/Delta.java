package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.RegionSet;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What has changed in the volumes of a resource between two places of its log: what a replica
 * misses whose log ends too early to be continued. A value; its sets are frozen.
 *
 * @param fromLsn every change at or above it is in the regions
 * @param touched the regions, by volume; may hold more than has changed
 */
public record Delta(long fromLsn, SortedMap<Integer, RegionSet> touched) {

  /** Sets that nobody changes. */
  public Delta {
    touched = Collections.unmodifiableSortedMap(new TreeMap<>(touched));
    touched.values().forEach(RegionSet::freeze);
  }
}
