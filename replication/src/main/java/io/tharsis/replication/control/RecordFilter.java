package io.tharsis.replication.control;

import java.util.List;

/**
 * Which records to tell.
 *
 * @param fromLsn the first place
 * @param toLsn one past the last place
 * @param types names of types, see {@link ResourceLog#recordTypes}; all if empty
 */
public record RecordFilter(long fromLsn, long toLsn, List<String> types) {

  /** Lists that nobody changes. */
  public RecordFilter {
    types = List.copyOf(types);
  }

  boolean accepts(RecordLine line) {
    return types.isEmpty() || types.contains(line.type());
  }
}
